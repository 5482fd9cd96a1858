package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
)

// A web app asks each person some things only once. That it did is remembered here by the names that
// the web app gives; the server knows none of them, which is why their length is bounded and not their
// spelling. `GET /user` has them all (user.go), so that a page needs no request of its own.

// splashes registers how a web app remembers which splash screens somebody has seen.
func (a *api) splashes() {
	register(a, operation{
		ID: "updateSplashSettings", Method: http.MethodPost, Path: "/splash/{id}", Tag: "Admin UI",
		Summary: "Remember that the caller has seen a splash screen", Description: "`GET /user` tells. Tokens see none.",
	}, a.seeSplash)
}

// feedbacks registers how a web app remembers what somebody has answered to its questions.
func (a *api) feedbacks() {
	const description = "`GET /user` tells. It stays in this instance. Tokens give none."
	register(a, operation{
		ID: "createFeedback", Method: http.MethodPost, Path: "/feedback", Tag: "Admin UI",
		Summary: "Remember that the caller has answered a question", Description: description,
	}, a.createFeedback)
	register(a, operation{
		ID: "updateFeedback", Method: http.MethodPut, Path: "/feedback/{id}", Tag: "Admin UI",
		Summary: "Change what the caller has answered to a question", Description: "What is left out stays as it is. " + description,
	}, a.updateFeedback)
}

// splashResponse is a splash screen that somebody has seen.
type splashResponse struct {
	UserID   int64  `json:"userId"`
	SplashID string `json:"splashId"`
	Seen     bool   `json:"seen"`
}

// feedbackCreate is the body of an answer to a question.
type feedbackCreate struct {
	FeedbackID string `json:"feedbackId"`
	NeverShow  bool   `json:"neverShow,omitempty" doc:"Not to be asked again."`
}

// feedbackUpdate is the body that changes an answer to a question.
//
// Given left out or null leaves the time as it is.
type feedbackUpdate struct {
	NeverShow *bool      `json:"neverShow,omitempty"`
	Given     *time.Time `json:"given,omitempty" nullable:"true"`
}

// feedback is what a person has answered to a question of the web app.
type feedback struct {
	UserID     int64    `json:"userId"`
	FeedbackID string   `json:"feedbackId"`
	NeverShow  bool     `json:"neverShow"`
	Given      *instant `json:"given" nullable:"true"`
}

func viewFeedback(f identity.Feedback) feedback {
	return feedback{f.Account, f.Name, f.NeverShow, instantOf(f.GivenAt)}
}

// maxShownName bounds the names of splash screens and questions, in bytes.
const maxShownName = 100

// validateShownName returns a fault for a name that is empty or too long; path is where the request has
// it. How many names are kept of a person is bounded in identity.
func validateShownName(path, name string) error {
	if name == "" || len(name) > maxShownName {
		return fault.Field(path, "It has 1 to %d bytes.", maxShownName)
	}
	return nil
}

func (a *api) seeSplash(ctx context.Context, r request, in *struct {
	ID string `path:"id"`
},
) (splashResponse, error) {
	account, err := r.person("Splash screens")
	if err != nil {
		return splashResponse{}, err
	}
	if err := validateShownName("/params/id", in.ID); err != nil {
		return splashResponse{}, err
	}
	return splashResponse{account, in.ID, true}, a.People.SeeSplash(ctx, account, in.ID)
}

// createFeedback notes an answer and when it was given, in the place of one that was given before.
func (a *api) createFeedback(ctx context.Context, r request, in *struct{ Body feedbackCreate }) (feedback, error) {
	return a.giveFeedback(ctx, r, "/body/feedbackId", in.Body.FeedbackID, func(f *identity.Feedback, now time.Time) {
		f.NeverShow, f.GivenAt = in.Body.NeverShow, &now
	})
}

func (a *api) updateFeedback(ctx context.Context, r request, in *struct {
	ID   string `path:"id"`
	Body feedbackUpdate
},
) (feedback, error) {
	return a.giveFeedback(ctx, r, "/params/id", in.ID, func(f *identity.Feedback, _ time.Time) {
		set(&f.NeverShow, in.Body.NeverShow)
		if in.Body.Given != nil {
			f.GivenAt = in.Body.Given
		}
	})
}

// giveFeedback changes what the caller has answered, and shows it. edit is handed the answer as it is,
// empty if there is none, so creating and changing are one.
func (a *api) giveFeedback(ctx context.Context, r request, path, name string, edit func(*identity.Feedback, time.Time)) (feedback, error) {
	account, err := r.person("Feedbacks")
	if err != nil {
		return feedback{}, err
	}
	if err := validateShownName(path, name); err != nil {
		return feedback{}, err
	}
	f, err := a.People.GiveFeedback(ctx, account, name, edit)
	return viewFeedback(f), err
}
