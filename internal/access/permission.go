package access

// Permission names something that can be allowed. The names are Unleash's.
type Permission string

// None is the permission that every caller has who is signed in.
const None Permission = "NONE"

// Admin allows everything.
const Admin Permission = "ADMIN"

// Permissions of the whole instance.
const (
	CreateAddon           Permission = "CREATE_ADDON"
	UpdateAddon           Permission = "UPDATE_ADDON"
	DeleteAddon           Permission = "DELETE_ADDON"
	CreateClientToken     Permission = "CREATE_CLIENT_API_TOKEN"
	ReadClientToken       Permission = "READ_CLIENT_API_TOKEN"
	UpdateClientToken     Permission = "UPDATE_CLIENT_API_TOKEN"
	DeleteClientToken     Permission = "DELETE_CLIENT_API_TOKEN"
	CreateFrontendToken   Permission = "CREATE_FRONTEND_API_TOKEN"
	ReadFrontendToken     Permission = "READ_FRONTEND_API_TOKEN"
	UpdateFrontendToken   Permission = "UPDATE_FRONTEND_API_TOKEN"
	DeleteFrontendToken   Permission = "DELETE_FRONTEND_API_TOKEN"
	UpdateApplication     Permission = "UPDATE_APPLICATION"
	CreateContextField    Permission = "CREATE_CONTEXT_FIELD"
	UpdateContextField    Permission = "UPDATE_CONTEXT_FIELD"
	DeleteContextField    Permission = "DELETE_CONTEXT_FIELD"
	CreateProject         Permission = "CREATE_PROJECT"
	ReadRole              Permission = "READ_ROLE"
	CreateSegment         Permission = "CREATE_SEGMENT"
	UpdateSegment         Permission = "UPDATE_SEGMENT"
	DeleteSegment         Permission = "DELETE_SEGMENT"
	CreateStrategy        Permission = "CREATE_STRATEGY"
	UpdateStrategy        Permission = "UPDATE_STRATEGY"
	DeleteStrategy        Permission = "DELETE_STRATEGY"
	CreateTagType         Permission = "CREATE_TAG_TYPE"
	UpdateTagType         Permission = "UPDATE_TAG_TYPE"
	DeleteTagType         Permission = "DELETE_TAG_TYPE"
	CreateReleaseTemplate Permission = "RELEASE_PLAN_TEMPLATE_CREATE"
	UpdateReleaseTemplate Permission = "RELEASE_PLAN_TEMPLATE_UPDATE"
	DeleteReleaseTemplate Permission = "RELEASE_PLAN_TEMPLATE_DELETE"
	ReadLogs              Permission = "READ_LOGS"
	UpdateMaintenance     Permission = "UPDATE_MAINTENANCE_MODE"
	UpdateBanners         Permission = "UPDATE_INSTANCE_BANNERS"
	UpdateCORS            Permission = "UPDATE_CORS"
	UpdateAuth            Permission = "UPDATE_AUTH_CONFIGURATION"
)

// Permissions in a project.
const (
	CreateFeature                Permission = "CREATE_FEATURE"
	UpdateFeature                Permission = "UPDATE_FEATURE"
	UpdateFeatureDependency      Permission = "UPDATE_FEATURE_DEPENDENCY"
	DeleteFeature                Permission = "DELETE_FEATURE"
	UpdateFeatureVariants        Permission = "UPDATE_FEATURE_VARIANTS"
	MoveFeature                  Permission = "MOVE_FEATURE_TOGGLE"
	UpdateProject                Permission = "UPDATE_PROJECT"
	DeleteProject                Permission = "DELETE_PROJECT"
	ReadProjectToken             Permission = "READ_PROJECT_API_TOKEN"
	CreateProjectToken           Permission = "CREATE_PROJECT_API_TOKEN"
	DeleteProjectToken           Permission = "DELETE_PROJECT_API_TOKEN"
	UpdateProjectContext         Permission = "UPDATE_PROJECT_CONTEXT"
	UpdateProjectSegment         Permission = "UPDATE_PROJECT_SEGMENT"
	UpdateProjectReleaseTemplate Permission = "UPDATE_PROJECT_RELEASE_TEMPLATE"
	ReadProjectAccess            Permission = "PROJECT_USER_ACCESS_READ"
	WriteProjectAccess           Permission = "PROJECT_USER_ACCESS_WRITE"
	ReadDefaultStrategy          Permission = "PROJECT_DEFAULT_STRATEGY_READ"
	WriteDefaultStrategy         Permission = "PROJECT_DEFAULT_STRATEGY_WRITE"
	ReadProjectSettings          Permission = "PROJECT_SETTINGS_READ"
	WriteProjectSettings         Permission = "PROJECT_SETTINGS_WRITE"
	ReadChangeRequestSettings    Permission = "PROJECT_CHANGE_REQUEST_READ"
	WriteChangeRequestSettings   Permission = "PROJECT_CHANGE_REQUEST_WRITE"
)

// partOfUpdateProject are the permissions of which UpdateProject is the sum: whatever asks for
// one of them takes it as well.
var partOfUpdateProject = []Permission{
	ReadProjectAccess, WriteProjectAccess, ReadDefaultStrategy, WriteDefaultStrategy,
	ReadProjectSettings, WriteProjectSettings, ReadChangeRequestSettings, WriteChangeRequestSettings,
}

// Permissions in an environment of a project.
const (
	CreateFeatureStrategy            Permission = "CREATE_FEATURE_STRATEGY"
	UpdateFeatureStrategy            Permission = "UPDATE_FEATURE_STRATEGY"
	DeleteFeatureStrategy            Permission = "DELETE_FEATURE_STRATEGY"
	UpdateFeatureEnvironment         Permission = "UPDATE_FEATURE_ENVIRONMENT"
	UpdateFeatureEnvironmentVariants Permission = "UPDATE_FEATURE_ENVIRONMENT_VARIANTS"
	ApproveChangeRequest             Permission = "APPROVE_CHANGE_REQUEST"
	ApplyChangeRequest               Permission = "APPLY_CHANGE_REQUEST"
	SkipChangeRequest                Permission = "SKIP_CHANGE_REQUEST"
)
