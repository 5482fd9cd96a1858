package adminapi

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/quorate/quorate/internal/access"
)

// instance registers how much there is of everything. Operators of Kubernetes clusters ask for it
// to see which release runs, and that their token opens it.
func (a *api) instance() {
	register(a, operation{
		ID: "getInstanceAdminStats", Method: http.MethodGet, Path: "/instance-admin/statistics", Tag: "Instance Admin",
		Summary: "How much there is of everything", Description: "Numbers alone, of private projects, too.",
	}, a.getInstanceStats)
}

// instanceAdminStats is how much there is of everything.
type instanceAdminStats struct {
	InstanceID             string      `json:"instanceId" doc:"The id of the ledger."`
	Timestamp              instant     `json:"timestamp"`
	VersionOSS             string      `json:"versionOSS"`
	VersionEnterprise      string      `json:"versionEnterprise"`
	Users                  int         `json:"users"`
	ServiceAccounts        int         `json:"serviceAccounts"`
	ActiveUsers            activeUsers `json:"activeUsers"`
	APITokens              tokenCounts `json:"apiTokens"`
	FeatureToggles         int         `json:"featureToggles"`
	ArchivedFeatureToggles int         `json:"archivedFeatureToggles"`
	Projects               int         `json:"projects"`
	ContextFields          int         `json:"contextFields"`
	Roles                  int         `json:"roles"`
	CustomRootRoles        int         `json:"customRootRoles"`
	Groups                 int         `json:"groups"`
	Environments           int         `json:"environments"`
	Segments               int         `json:"segments"`
	Strategies             int         `json:"strategies" doc:"The kinds of strategies."`
	OIDCEnabled            bool        `json:"OIDCenabled"`
}

// activeUsers is how many people signed in within so many days.
type activeUsers struct {
	Last7  int `json:"last7"`
	Last30 int `json:"last30"`
	Last60 int `json:"last60"`
	Last90 int `json:"last90"`
}

// tokenCounts is how many API tokens there are of each type.
type tokenCounts struct {
	Admin    int `json:"admin"`
	Client   int `json:"client"`
	Frontend int `json:"frontend"`
}

func (a *api) getInstanceStats(ctx context.Context, r request, _ *struct{}) (instanceAdminStats, error) {
	s, now := r.State, a.App.Now()
	stats := instanceAdminStats{
		InstanceID: s.LedgerID(), Timestamp: instant(now), VersionOSS: a.Version, VersionEnterprise: a.Version,
		ContextFields: len(s.ContextFields()), Groups: count(s.Groups()), Environments: len(s.Environments()),
		Segments: count(s.Segments()), Strategies: count(s.StrategyTypes()), OIDCEnabled: s.OIDC().Enabled,
	}
	for f := range s.Flags() {
		if f.Archived() {
			stats.ArchivedFeatureToggles++
		} else {
			stats.FeatureToggles++
		}
	}
	for p := range s.Projects() {
		if !p.Archived() {
			stats.Projects++
		}
	}
	for role := range s.Roles() {
		stats.Roles++
		if role.Type == access.CustomRootRole {
			stats.CustomRootRoles++
		}
	}
	for t := range s.Tokens() {
		switch t.Type {
		case access.TokenAdmin:
			stats.APITokens.Admin++
		case access.TokenFrontend:
			stats.APITokens.Frontend++
		case access.TokenClient, access.TokenBackend:
			stats.APITokens.Client++
		}
	}
	people, err := a.People.People(ctx)
	for _, p := range people {
		if p.Kind == string(access.KindServiceAccount) {
			stats.ServiceAccounts++
			continue
		}
		stats.Users++
		if p.SeenAt == nil {
			continue
		}
		for days, n := range map[int]*int{7: &stats.ActiveUsers.Last7, 30: &stats.ActiveUsers.Last30, 60: &stats.ActiveUsers.Last60, 90: &stats.ActiveUsers.Last90} {
			if now.Sub(*p.SeenAt) < time.Duration(days)*24*time.Hour {
				*n++
			}
		}
	}
	return stats, err
}

// count returns how many values a sequence has.
func count[T any](seq iter.Seq[T]) int {
	n := 0
	for range seq {
		n++
	}
	return n
}
