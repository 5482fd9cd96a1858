package access

import "slices"

// Scope says what a permission can be bound to.
type Scope string

// The scopes.
const (
	ScopeRoot        Scope = "root"
	ScopeProject     Scope = "project"
	ScopeEnvironment Scope = "environment"
)

// Entry describes a permission of the catalogue.
type Entry struct {
	Permission  Permission
	DisplayName string
	Scope       Scope
}

// Catalogue returns all permissions that roles can give, in the order in which they
// are shown. The API counts them from 1, and roles can be made by these numbers; so
// new permissions come at the end.
func Catalogue() []Entry { return slices.Clone(catalogue) }

// EntryOf returns what the catalogue says about a permission, and whether it is there.
func EntryOf(p Permission) (Entry, bool) {
	i := slices.IndexFunc(catalogue, func(e Entry) bool { return e.Permission == p })
	if i < 0 {
		return Entry{}, false
	}
	return catalogue[i], true
}

var catalogue = []Entry{
	{Admin, "Admin", ScopeRoot},
	{CreateAddon, "Create addons", ScopeRoot},
	{UpdateAddon, "Update addons", ScopeRoot},
	{DeleteAddon, "Delete addons", ScopeRoot},
	{CreateClientToken, "Create backend tokens", ScopeRoot},
	{ReadClientToken, "Read backend tokens", ScopeRoot},
	{UpdateClientToken, "Update backend tokens", ScopeRoot},
	{DeleteClientToken, "Delete backend tokens", ScopeRoot},
	{CreateFrontendToken, "Create frontend tokens", ScopeRoot},
	{ReadFrontendToken, "Read frontend tokens", ScopeRoot},
	{UpdateFrontendToken, "Update frontend tokens", ScopeRoot},
	{DeleteFrontendToken, "Delete frontend tokens", ScopeRoot},
	{UpdateApplication, "Update applications", ScopeRoot},
	{CreateContextField, "Create context fields", ScopeRoot},
	{UpdateContextField, "Update context fields", ScopeRoot},
	{DeleteContextField, "Delete context fields", ScopeRoot},
	{CreateProject, "Create projects", ScopeRoot},
	{ReadRole, "Read roles", ScopeRoot},
	{CreateSegment, "Create segments", ScopeRoot},
	{UpdateSegment, "Edit segments", ScopeRoot},
	{DeleteSegment, "Delete segments", ScopeRoot},
	{CreateStrategy, "Create strategy types", ScopeRoot},
	{UpdateStrategy, "Update strategy types", ScopeRoot},
	{DeleteStrategy, "Delete strategy types", ScopeRoot},
	{CreateTagType, "Create tag types", ScopeRoot},
	{UpdateTagType, "Update tag types", ScopeRoot},
	{DeleteTagType, "Delete tag types", ScopeRoot},
	{CreateReleaseTemplate, "Create release plan templates", ScopeRoot},
	{UpdateReleaseTemplate, "Update release plan templates", ScopeRoot},
	{DeleteReleaseTemplate, "Delete release plan templates", ScopeRoot},
	{ReadLogs, "Read instance logs and login history", ScopeRoot},
	{UpdateMaintenance, "Switch maintenance mode", ScopeRoot},
	{UpdateBanners, "Update instance banners", ScopeRoot},
	{UpdateCORS, "Update CORS settings", ScopeRoot},
	{UpdateAuth, "Change authentication settings", ScopeRoot},

	{CreateFeature, "Create flags", ScopeProject},
	{UpdateFeature, "Update flags", ScopeProject},
	{UpdateFeatureDependency, "Update flag dependencies", ScopeProject},
	{DeleteFeature, "Archive and delete flags", ScopeProject},
	{UpdateFeatureVariants, "Create and edit variants", ScopeProject},
	{MoveFeature, "Move flags to another project", ScopeProject},
	{UpdateProject, "Update the project", ScopeProject},
	{DeleteProject, "Delete the project", ScopeProject},
	{ReadProjectToken, "Read the project's API tokens", ScopeProject},
	{CreateProjectToken, "Create API tokens of the project", ScopeProject},
	{DeleteProjectToken, "Delete API tokens of the project", ScopeProject},
	{UpdateProjectContext, "Change the project's context fields", ScopeProject},
	{UpdateProjectSegment, "Change the project's segments", ScopeProject},
	{UpdateProjectReleaseTemplate, "Change the project's release plan templates", ScopeProject},
	{ReadProjectAccess, "See who has access to the project", ScopeProject},
	{WriteProjectAccess, "Change who has access to the project", ScopeProject},
	{ReadDefaultStrategy, "See the project's default strategies", ScopeProject},
	{WriteDefaultStrategy, "Change the project's default strategies", ScopeProject},
	{ReadProjectSettings, "See the project's settings", ScopeProject},
	{WriteProjectSettings, "Change the project's settings", ScopeProject},
	{ReadChangeRequestSettings, "See the project's change request settings", ScopeProject},
	{WriteChangeRequestSettings, "Change the project's change request settings", ScopeProject},

	{CreateFeatureStrategy, "Create activation strategies", ScopeEnvironment},
	{UpdateFeatureStrategy, "Update activation strategies", ScopeEnvironment},
	{DeleteFeatureStrategy, "Delete activation strategies", ScopeEnvironment},
	{UpdateFeatureEnvironment, "Enable and disable flags", ScopeEnvironment},
	{UpdateFeatureEnvironmentVariants, "Update variants", ScopeEnvironment},
	{ApproveChangeRequest, "Approve and reject change requests", ScopeEnvironment},
	{ApplyChangeRequest, "Apply change requests", ScopeEnvironment},
	{SkipChangeRequest, "Skip the change request process", ScopeEnvironment},
}
