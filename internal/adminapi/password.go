package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/notify"
)

// passwords registers how people get passwords and change them.
//
// Administrators and people themselves come by /user-admin and /user, and are signed in. By /auth/reset
// come those who are not: a link's secret is all that they have, and which links are good is told to
// nobody who does not have one (docs/people.md).
func (a *api) passwords() {
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "validateUserPassword", Method: http.MethodPost, Path: "/user-admin/validate-password", Tag: tagUsers,
		Summary: "Check whether a password is strong enough",
	}, a.validatePassword)
	register(a, operation{
		ID: "changeUserPassword", Method: http.MethodPost, Path: "/user-admin/{id}/change-password", Tag: tagUsers,
		Summary: "Give a person another password", Description: "The person's sessions end.", Permissions: admin,
	}, a.changeUserPassword)
	register(a, operation{
		ID: "resetUserPassword", Method: http.MethodPost, Path: "/user-admin/reset-password", Tag: tagUsers,
		Summary:     "Make a link by which a person chooses another password",
		Description: "The `id` is the person's e-mail address. The link opens once, within a day. It is mailed to the person, too, if there is mail.", Permissions: admin,
	}, a.resetUserPassword)
	register(a, operation{
		ID: "changeMyPassword", Method: http.MethodPost, Path: "/user/change-password", Tag: tagUsers,
		Summary: "Change one's own password", Description: "All other sessions end. For people only.", Guessed: true,
	}, a.changeMyPassword)

	register(a, operation{
		ID: "validateToken", Method: http.MethodGet, Path: "/auth/reset/validate", Tag: tagAuth,
		Summary: "Check a link to choose a password", Outside: true, Open: true, NoStore: true,
	}, a.validateToken)
	register(a, operation{
		ID: "validatePassword", Method: http.MethodPost, Path: "/auth/reset/validate-password", Tag: tagAuth,
		Summary: "Check whether a password is strong enough", Outside: true, Open: true,
	}, a.validatePassword)
	register(a, operation{
		ID: "changePassword", Method: http.MethodPost, Path: "/auth/reset/password", Tag: tagAuth,
		Summary: "Choose a password by a link", Outside: true, Open: true,
	}, a.changePassword)
	register(a, operation{
		ID: "sendResetPasswordEmail", Method: http.MethodPost, Path: "/auth/reset/password-email", Tag: tagAuth,
		Summary:     "Ask for a link to choose another password",
		Description: "The answer is the same whether or not there is such a person, so that nobody can find out who is here.",
		Outside:     true, Open: true, Guessed: true,
	}, a.sendResetPasswordEmail)
}

// validatePassword is a password to check.
//
// It is judged by its text alone; whether it was used before is asked when it is set.
type validatePassword struct {
	Password string `json:"password"`
}

func (a *api) validatePassword(_ context.Context, _ request, in *struct{ Body validatePassword }) (empty, error) {
	return empty{}, identity.ValidatePassword(in.Body.Password)
}

// password is a password to be.
//
// ConfirmPassword and OldPassword are for changing one's own; an administrator needs neither. They are
// optional here since the two share the body, as in Unleash's document.
type password struct {
	Password        string `json:"password"`
	ConfirmPassword string `json:"confirmPassword,omitempty"`
	OldPassword     string `json:"oldPassword,omitempty"`
}

func (a *api) changeUserPassword(ctx context.Context, r request, in *struct {
	PersonAt
	Body password
},
) (empty, error) {
	return empty{}, a.App.ChangePassword(ctx, r.Caller, in.ID, in.Body.Password)
}

func (a *api) changeMyPassword(ctx context.Context, r request, in *struct{ Body password }) (empty, error) {
	if in.Body.Password != in.Body.ConfirmPassword {
		return empty{}, fault.Field("/body/confirmPassword", "The two passwords are not the same.")
	}
	// The session that asks stays, so that nobody is signed out by changing a password. A personal
	// token has none: then all of them end.
	return empty{}, a.App.ChangeOwnPassword(ctx, r.Caller, identity.SessionDigest(r.http), in.Body.OldPassword, in.Body.Password)
}

// id is the e-mail address of a person.
type id struct {
	ID string `json:"id" doc:"The person's e-mail address."`
}

// resetPassword is where a person chooses another password.
type resetPassword struct {
	ResetPasswordURL string `json:"resetPasswordUrl" format:"uri"`
}

func (a *api) resetUserPassword(ctx context.Context, r request, in *struct{ Body id }) (resetPassword, error) {
	person, secret, err := a.App.CreateResetLink(ctx, r.Caller, in.Body.ID)
	link := a.resetLink(secret)
	// Without mail the link is the administrator's to pass on, and not for the log.
	if err == nil && a.Notify.Mails() {
		_, err = a.Notify.SendLink(ctx, person, notify.ToReset, link)
	}
	return resetPassword{link}, err
}

// resetLink returns the web app's page on which a person chooses another password.
func (a *api) resetLink(secret string) string { return a.URL + "/reset-password?token=" + secret }

// resetTokenUser is for whom a link to choose a password is.
//
// Whoever has the link sees it, so that the page can greet the person by name; nobody else can ask.
type resetTokenUser struct {
	ID        int64  `json:"id"`
	Name      string `json:"name,omitempty"`
	Username  string `json:"username,omitempty"`
	Email     string `json:"email"`
	Token     string `json:"token"`
	CreatedBy string `json:"createdBy"`
	Role      role   `json:"role"`
}

func (a *api) validateToken(ctx context.Context, r request, in *struct {
	Token string `query:"token"`
},
) (resetTokenUser, error) {
	token, err := a.People.ResetToken(ctx, in.Token)
	if err != nil {
		return resetTokenUser{}, err
	}
	p, err := a.People.Person(ctx, token.Account)
	if err != nil {
		return resetTokenUser{}, err
	}
	return resetTokenUser{
		ID: p.ID, Name: p.Name, Username: p.Username, Email: p.Email, Token: in.Token, CreatedBy: a.viewCreator(ctx, r.State, token.CreatedBy).Name, Role: roleOf(r.State, p.ID),
	}, nil
}

// changePassword is a password to be, and the link that allows it.
type changePassword struct {
	Token    string `json:"token"`
	Password string `json:"password"`
}

func (a *api) changePassword(ctx context.Context, r request, in *struct{ Body changePassword }) (empty, error) {
	return empty{}, a.App.ResetPassword(ctx, r.Caller.Origin, in.Body.Token, in.Body.Password)
}

// email is an address.
type email struct {
	Email string `json:"email"`
}

// resetAnswer is how long it takes to answer who has forgotten a password. It is longer than making a link and a mail takes, so that
// the time does not tell whether there is somebody with the address.
const resetAnswer = 250 * time.Millisecond

func (a *api) sendResetPasswordEmail(ctx context.Context, _ request, in *struct{ Body email }) (empty, error) {
	// The clock starts before anything is looked up. A fault, such as asking again within a minute,
	// waits as well: it is the same for addresses that nobody has.
	enough := time.After(resetAnswer)
	person, secret, err := a.People.RequestReset(ctx, in.Body.Email)
	if err == nil && secret != "" {
		_, err = a.Notify.SendLink(ctx, person, notify.ToReset, a.resetLink(secret))
	}
	select {
	case <-enough:
	// Whoever has gone does not measure.
	case <-ctx.Done():
	}
	return empty{}, err
}
