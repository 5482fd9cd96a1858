package adminapi

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// instance registers what this instance says of itself.
//
// Everybody who is signed in may ask: tools test a connection by these numbers (docs/admin-api.md,
// "Terraform"). They are of the whole instance, private projects included, and name nothing.
func (a *api) instance() {
	const tag = "Instance Admin"
	register(a, operation{
		ID: "getInstanceAdminStats", Method: http.MethodGet, Path: "/instance-admin/statistics", Tag: tag,
		Summary:     "Count what there is in this instance",
		Description: "`activeUsers` have signed in within so many days; `productionChanges` are events in environments of the type production.",
	}, a.getInstanceStats)
	register(a, operation{
		ID: "getInstanceAdminStatsCsv", Method: http.MethodGet, Path: "/instance-admin/statistics/csv", Tag: tag,
		Summary: "Count what there is in this instance, as CSV", Files: []string{csvType},
	}, a.getInstanceStatsCSV)
	register(a, operation{
		ID: "getTelemetrySettings", Method: http.MethodGet, Path: "/telemetry/settings", Tag: "Telemetry",
		Summary: "Whether this instance reports about itself", Description: "It does not: nothing is sent to anybody.",
	}, a.getTelemetrySettings)
	register(a, operation{
		ID: "disconnectAll", Method: http.MethodPost, Path: "/streaming/disconnect-all", Tag: "Unleash Edge",
		Summary: "End all streams", Description: "Those of this node. Their clients come back by themselves, to whichever node they are led.",
		Permissions: []access.Permission{access.Admin},
	}, a.disconnectAll)
}

// instanceAdminStats is how much there is in this instance.
//
// Unleash's document names the properties, which is why some say the same twice. What the ledger knows
// comes from the state; active people, applications and changes are asked of the database, and without
// it there is no answer.
type instanceAdminStats struct {
	InstanceID               string           `json:"instanceId" doc:"The id of the ledger."`
	Timestamp                instant          `json:"timestamp"`
	VersionOSS               string           `json:"versionOSS"`
	VersionEnterprise        string           `json:"versionEnterprise"`
	Users                    int              `json:"users"`
	ServiceAccounts          int              `json:"serviceAccounts"`
	LicensedUsers            int              `json:"licensedUsers" doc:"Everybody: there are no licences."`
	ActiveUsers              activeUsers      `json:"activeUsers"`
	APITokens                tokenCounts      `json:"apiTokens"`
	FeatureToggles           int              `json:"featureToggles"`
	ArchivedFeatureToggles   int              `json:"archivedFeatureToggles"`
	Projects                 int              `json:"projects"`
	ContextFields            int              `json:"contextFields"`
	Roles                    int              `json:"roles"`
	CustomRootRoles          int              `json:"customRootRoles"`
	CustomRootRolesInUse     int              `json:"customRootRolesInUse"`
	Groups                   int              `json:"groups"`
	Environments             int              `json:"environments"`
	Segments                 int              `json:"segments"`
	Strategies               int              `json:"strategies" doc:"Types of strategies."`
	OIDCEnabled              bool             `json:"OIDCenabled"`
	PasswordAuthEnabled      bool             `json:"passwordAuthEnabled"`
	ClientApps               []clientAppCount `json:"clientApps"`
	ProductionChanges        changeCounts     `json:"productionChanges"`
	PreviousDayMetrics       metricCounts     `json:"previousDayMetricsBucketsCount"`
	MaxEnvironmentStrategies int              `json:"maxEnvironmentStrategies" doc:"Of a flag in an environment."`
	MaxConstraints           int              `json:"maxConstraints" doc:"Of a strategy."`
	MaxConstraintValues      int              `json:"maxConstraintValues"`
	// Made over the other properties as JSON, in this order, with sum empty.
	Sum string `json:"sum" doc:"SHA-256 of all the rest, so that a copy can be told from an edited one."`
}

// activeUsers is how many people have signed in within so many days.
type activeUsers struct {
	Last7  int `json:"last7"`
	Last30 int `json:"last30"`
	Last60 int `json:"last60"`
	Last90 int `json:"last90"`
}

// tokenCounts is how many API tokens of each type there are.
//
// Unleash's older releases called backend tokens client tokens; tools of either read this.
type tokenCounts struct {
	Admin    int `json:"admin"`
	Client   int `json:"client" doc:"The same as backend."`
	Backend  int `json:"backend"`
	Frontend int `json:"frontend"`
}

// clientAppCount is how many applications were seen in a time.
//
// Applications are forgotten 30 days after they were last seen, so allTime says no more than 30d unless
// the forgetting is late.
type clientAppCount struct {
	Range string `json:"range" enum:"7d,30d,allTime"`
	Count int    `json:"count"`
}

// changeCounts is how many changes the last days had.
type changeCounts struct {
	Last30 int `json:"last30"`
	Last60 int `json:"last60"`
	Last90 int `json:"last90"`
}

// metricCounts is how many counts of usage a day had.
type metricCounts struct {
	EnabledCount int `json:"enabledCount"`
	VariantCount int `json:"variantCount"`
}

func (a *api) getInstanceStats(ctx context.Context, r request, _ *struct{}) (instanceAdminStats, error) {
	s := r.State
	now := a.App.Now()
	stats := instanceAdminStats{
		InstanceID: s.LedgerID(), Timestamp: instant(now), VersionOSS: a.Version, VersionEnterprise: a.Version,
		ContextFields: len(s.ContextFields()), Environments: len(s.Environments()), Segments: s.SegmentCount(),
		OIDCEnabled: s.OIDC().Enabled, PasswordAuthEnabled: !s.PasswordSignIn().Disabled,
	}
	stats.countFlags(s)
	stats.countAccess(s)
	// These need the database.
	for _, count := range []func(context.Context, *state.State, time.Time, *instanceAdminStats) error{a.countPeople, a.countUsage, a.countChanges} {
		if err := count(ctx, s, now, &stats); err != nil {
			return stats, err
		}
	}
	all, err := json.Marshal(stats)
	if err != nil {
		return stats, fmt.Errorf("adminapi: sum of the statistics: %w", err)
	}
	sum := sha256.Sum256(all)
	stats.Sum = hex.EncodeToString(sum[:])
	return stats, nil
}

// countFlags counts flags and what they are configured with. Archived flags and projects are not in
// use, and do not count towards the largest numbers either.
func (n *instanceAdminStats) countFlags(s *state.State) {
	for p := range s.Projects() {
		if !p.Archived() {
			n.Projects++
		}
	}
	for range s.StrategyTypes() {
		n.Strategies++
	}
	for f := range s.Flags() {
		if f.Archived() {
			n.ArchivedFeatureToggles++
			continue
		}
		n.FeatureToggles++
		for _, row := range f.Environments {
			n.MaxEnvironmentStrategies = max(n.MaxEnvironmentStrategies, len(row.Strategies))
			for _, strategy := range row.Strategies {
				n.MaxConstraints = max(n.MaxConstraints, len(strategy.Constraints))
				n.countValues(strategy.Constraints)
			}
		}
	}
}

// countValues takes the longest list of values among some constraints into account.
func (n *instanceAdminStats) countValues(constraints []flag.Constraint) {
	for _, c := range constraints {
		n.MaxConstraintValues = max(n.MaxConstraintValues, len(c.Values))
	}
}

// countAccess counts accounts, roles, groups and tokens. A custom role is in use if an account or a
// group has it; without members the group counts all the same.
func (n *instanceAdminStats) countAccess(s *state.State) {
	used := map[access.RoleID]bool{}
	for account := range s.Accounts() {
		used[account.RootRole] = true
		if account.Kind == access.KindServiceAccount {
			n.ServiceAccounts++
		} else {
			n.Users++
		}
	}
	n.LicensedUsers = n.Users
	for g := range s.Groups() {
		n.Groups++
		if g.RootRole != nil {
			used[*g.RootRole] = true
		}
	}
	for role := range s.Roles() {
		n.Roles++
		if role.Type == access.CustomRootRole {
			n.CustomRootRoles++
			if used[role.ID] {
				n.CustomRootRolesInUse++
			}
		}
	}
	for t := range s.Tokens() {
		switch t.Type {
		case access.TokenAdmin:
			n.APITokens.Admin++
		case access.TokenFrontend:
			n.APITokens.Frontend++
		default:
			n.APITokens.Client++
			n.APITokens.Backend++
		}
	}
}

// countPeople counts who has signed in of late.
func (a *api) countPeople(ctx context.Context, s *state.State, now time.Time, n *instanceAdminStats) error {
	people, err := a.People.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		account := s.Account(p.ID)
		// Who is deleted on this very moment may still be in the one and not in the other; service
		// accounts do not sign in.
		if p.SeenAt == nil || account == nil || account.Kind != access.KindUser {
			continue
		}
		within(now, *p.SeenAt, 7, &n.ActiveUsers.Last7)
		within(now, *p.SeenAt, 30, &n.ActiveUsers.Last30)
		within(now, *p.SeenAt, 60, &n.ActiveUsers.Last60)
		within(now, *p.SeenAt, 90, &n.ActiveUsers.Last90)
	}
	return nil
}

// within counts what happened in the last days.
func within(now, at time.Time, days int, n *int) {
	if at.After(now.AddDate(0, 0, -days)) {
		*n++
	}
}

// countUsage counts applications and what they count.
func (a *api) countUsage(ctx context.Context, _ *state.State, now time.Time, n *instanceAdminStats) error {
	applications, err := a.Usage.Applications(ctx)
	if err != nil {
		return err
	}
	counts := []clientAppCount{{Range: "7d"}, {Range: "30d"}, {Range: "allTime", Count: len(applications)}}
	for _, one := range applications {
		within(now, one.SeenAt, 7, &counts[0].Count)
		within(now, one.SeenAt, 30, &counts[1].Count)
	}
	n.ClientApps = counts
	n.PreviousDayMetrics.EnabledCount, n.PreviousDayMetrics.VariantCount, err = a.Usage.YesterdaysCounts(ctx)
	return err
}

// countChanges counts events in environments that customers depend on: those of the type production
// today, whatever type they had then.
func (a *api) countChanges(ctx context.Context, s *state.State, now time.Time, n *instanceAdminStats) error {
	var environments []string
	for _, e := range s.Environments() {
		if e.Type == flag.Production {
			environments = append(environments, string(e.Name))
		}
	}
	for days, count := range map[int]*int{30: &n.ProductionChanges.Last30, 60: &n.ProductionChanges.Last60, 90: &n.ProductionChanges.Last90} {
		changes, err := a.Events.Changes(ctx, environments, now.AddDate(0, 0, -days))
		if err != nil {
			return err
		}
		*count = changes
	}
	return nil
}

func (a *api) getInstanceStatsCSV(ctx context.Context, r request, _ *struct{}) (streamed, error) {
	stats, err := a.getInstanceStats(ctx, r, nil)
	if err != nil {
		return streamed{}, err
	}
	// The columns are a choice of the JSON's properties, in its order: lists do not fit into a row.
	row := []struct{ name, value string }{
		{"instanceId", stats.InstanceID},
		{"timestamp", time.Time(stats.Timestamp).UTC().Format(time.RFC3339)},
		{"versionOSS", stats.VersionOSS},
		{"versionEnterprise", stats.VersionEnterprise},
		{"users", strconv.Itoa(stats.Users)},
		{"serviceAccounts", strconv.Itoa(stats.ServiceAccounts)},
		{"activeUsersLast30", strconv.Itoa(stats.ActiveUsers.Last30)},
		{"featureToggles", strconv.Itoa(stats.FeatureToggles)},
		{"archivedFeatureToggles", strconv.Itoa(stats.ArchivedFeatureToggles)},
		{"projects", strconv.Itoa(stats.Projects)},
		{"contextFields", strconv.Itoa(stats.ContextFields)},
		{"roles", strconv.Itoa(stats.Roles)},
		{"groups", strconv.Itoa(stats.Groups)},
		{"environments", strconv.Itoa(stats.Environments)},
		{"segments", strconv.Itoa(stats.Segments)},
		{"strategies", strconv.Itoa(stats.Strategies)},
		{"OIDCenabled", strconv.FormatBool(stats.OIDCEnabled)},
		{"productionChangesLast30", strconv.Itoa(stats.ProductionChanges.Last30)},
		{"sum", stats.Sum},
	}
	var names, values []string
	for _, column := range row {
		names, values = append(names, column.name), append(values, column.value)
	}
	return streamed{table{names, values}}, nil
}

// disconnectAll ends streams on this node only. There is nothing to write, so there is no use case, and
// the permission is asked here.
func (a *api) disconnectAll(_ context.Context, r request, _ *struct{}) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return empty{}, err
	}
	a.EndStreams()
	return empty{}, nil
}

// table is a file of rows, written as CSV. No cell is a formula to a spreadsheet.
//
// The first row has the names of the columns.
type table [][]string

const csvType = "text/csv"

func (table) contentType() string { return csvType + "; charset=utf-8" }

// stream writes the rows. Names and titles are written by anybody, so each cell is made harmless to
// spreadsheets.
func (t table) stream(_ context.Context, to io.Writer) error {
	file := csv.NewWriter(to)
	for _, row := range t {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = eventlog.Harmless(text)
		}
		if err := file.Write(cells); err != nil {
			return fmt.Errorf("adminapi: write a table: %w", err)
		}
	}
	file.Flush()
	if err := file.Error(); err != nil {
		return fmt.Errorf("adminapi: write a table: %w", err)
	}
	return nil
}

// telemetrySettings is whether an instance reports about itself.
type telemetrySettings struct {
	VersionInfoCollectionEnabled bool `json:"versionInfoCollectionEnabled"`
	FeatureInfoCollectionEnabled bool `json:"featureInfoCollectionEnabled"`
}

func (a *api) getTelemetrySettings(context.Context, request, *struct{}) (telemetrySettings, error) {
	return telemetrySettings{}, nil
}
