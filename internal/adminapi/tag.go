package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

const tagTags = "Tags"

// tags registers what can be done with tags, and with those of flags.
//
// Tags are the instance's and belong to no project, so everybody sees them all (docs/access.md,
// "Projects"); which flags have one is seen by those who see the flag.
func (a *api) tags() {
	const ofFeature = "/features/{featureName}/tags"
	update := []access.Permission{access.UpdateFeature}
	register(a, operation{
		ID: "getTags", Method: http.MethodGet, Path: "/tags", Tag: tagTags,
		Summary: "List all tags",
	}, a.getTags)
	register(a, operation{
		ID: "getTagsByType", Method: http.MethodGet, Path: "/tags/{type}", Tag: tagTags,
		Summary: "List the tags of a type",
	}, a.getTagsByType)
	register(a, operation{
		ID: "getTag", Method: http.MethodGet, Path: "/tags/{type}/{value}", Tag: tagTags,
		Summary: "Get a tag",
	}, a.getTag)
	register(a, operation{
		ID: "createTag", Method: http.MethodPost, Path: "/tags", Tag: tagTags,
		Summary: "Create a tag", Description: "No flag has it yet.",
		Status: http.StatusCreated,
	}, a.createTag)
	register(a, operation{
		ID: "deleteTag", Method: http.MethodDelete, Path: "/tags/{type}/{value}", Tag: tagTags,
		Summary: "Delete a tag", Description: "It is taken from all flags.",
		Permissions: update,
	}, a.deleteTag)
	register(a, operation{
		ID: "listTags", Method: http.MethodGet, Path: ofFeature, Tag: tagFeatures,
		Summary: "List the tags of a flag",
	}, a.listTags)
	register(a, operation{
		ID: "addTag", Method: http.MethodPost, Path: ofFeature, Tag: tagFeatures,
		Summary: "Tag a flag", Description: "The tag is created if it does not exist; its type must.",
		Permissions: update, Status: http.StatusCreated,
	}, a.addTag)
	register(a, operation{
		ID: "updateTags", Method: http.MethodPut, Path: ofFeature, Tag: tagFeatures,
		Summary:     "Tag and untag a flag",
		Permissions: update,
	}, a.updateTags)
	register(a, operation{
		ID: "removeTag", Method: http.MethodDelete, Path: ofFeature + "/{type}/{value}", Tag: tagFeatures,
		Summary:     "Untag a flag",
		Permissions: update,
	}, a.removeTag)
	register(a, operation{
		ID: "addTagToFeatures", Method: http.MethodPut, Path: projectPath + "/tags", Tag: tagTags,
		Summary:     "Tag and untag flags",
		Permissions: update, MaxBody: maxBulkBody,
	}, a.addTagToFeatures)
}

// TagAt names a tag.
type TagAt struct {
	Type  string `path:"type"`
	Value string `path:"value"`
}

// TaggedAt names a flag, whichever project it is in.
//
// Unleash's paths to the tags of a flag name no project. The permission is asked in the one that the
// flag is in, and a flag of a hidden project does not exist (visibility.go).
type TaggedAt struct {
	Feature flag.Name `path:"featureName"`
}

// tags is a list of tags.
type tags struct {
	Version int   `json:"version"`
	Tags    []tag `json:"tags"`
}

// tagWithVersion is a tag by itself.
type tagWithVersion struct {
	Version int `json:"version"`
	Tag     tag `json:"tag"`
}

// updateTags is what is put on a flag, and what is taken from it.
//
// A tag that is in both lists is not on the flag in the end.
type updateTags struct {
	AddedTags   []tag `json:"addedTags"`
	RemovedTags []tag `json:"removedTags"`
}

// tagsBulkAdd is the body that tags flags.
//
// It is one batch for all flags, or none is tagged.
type tagsBulkAdd struct {
	Features []flag.Name `json:"features"`
	Tags     updateTags  `json:"tags"`
}

func (a *api) getTags(_ context.Context, r request, _ *struct{}) (tags, error) {
	list := tags{Version: 1, Tags: []tag{}}
	for t := range r.State.Tags() {
		list.Tags = append(list.Tags, tag{Type: t.Type, Value: t.Value})
	}
	return list, nil
}

func (a *api) getTagsByType(_ context.Context, r request, in *struct {
	Type string `path:"type"`
},
) (tags, error) {
	list := tags{Version: 1, Tags: []tag{}}
	for t := range r.State.TagsOf(in.Type) {
		list.Tags = append(list.Tags, tag{Type: t.Type, Value: t.Value})
	}
	return list, nil
}

// getTag answers with what was asked for, for a tag is nothing but its type and its value; what it is
// good for is the 404.
func (a *api) getTag(_ context.Context, r request, in *TagAt) (tagWithVersion, error) {
	return tagWithVersion{Version: 1, Tag: tag{Type: in.Type, Value: in.Value}}, app.Tag(r.State, flag.Tag(*in))
}

func (a *api) createTag(ctx context.Context, r request, in *struct{ Body tag }) (tagWithVersion, error) {
	t := flag.Tag{Type: in.Body.Type, Value: in.Body.Value}.Trim()
	return tagWithVersion{Version: 1, Tag: tag{Type: t.Type, Value: t.Value}}, a.App.CreateTag(ctx, r.Caller, t)
}

// deleteTag takes the tag from flags of all projects, hidden ones included, so it takes a permission
// that holds everywhere.
func (a *api) deleteTag(ctx context.Context, r request, in *TagAt) (empty, error) {
	return empty{}, a.App.DeleteTag(ctx, r.Caller, flag.Tag(*in))
}

func (a *api) listTags(_ context.Context, r request, in *TaggedAt) (tags, error) {
	// A flag of a hidden project does not get here (visibility.go).
	f := r.State.Flag(in.Feature)
	if f == nil {
		return tags{}, fault.New(fault.NotFound, "Could not find feature flag with name %s", in.Feature)
	}
	return tags{Version: 1, Tags: viewTags(r.State, f.Tags)}, nil
}

// addTag puts a tag on a flag. The answer shows it as it is kept, without white space around it.
func (a *api) addTag(ctx context.Context, r request, in *struct {
	TaggedAt
	Body tag
},
) (tag, error) {
	t := flag.Tag{Type: in.Body.Type, Value: in.Body.Value}.Trim()
	_, err := a.App.TagFeature(ctx, r.Caller, in.Feature, []flag.Tag{t}, nil)
	return tag{Type: t.Type, Value: t.Value}, err
}

func (a *api) updateTags(ctx context.Context, r request, in *struct {
	TaggedAt
	Body updateTags
},
) (tags, error) {
	f, err := a.App.TagFeature(ctx, r.Caller, in.Feature, tagsOf(in.Body.AddedTags), tagsOf(in.Body.RemovedTags))
	if err != nil {
		return tags{}, err
	}
	return tags{Version: 1, Tags: viewTags(a.App.State(), f.Tags)}, nil
}

func (a *api) removeTag(ctx context.Context, r request, in *struct {
	TaggedAt
	TagAt
},
) (empty, error) {
	_, err := a.App.TagFeature(ctx, r.Caller, in.Feature, nil, []flag.Tag{flag.Tag(in.TagAt)})
	return empty{}, err
}

func (a *api) addTagToFeatures(ctx context.Context, r request, in *struct {
	ProjectAt
	Body tagsBulkAdd
},
) (empty, error) {
	b := in.Body
	return empty{}, a.App.TagFeatures(ctx, r.Caller, in.Project, b.Features, tagsOf(b.Tags.AddedTags), tagsOf(b.Tags.RemovedTags))
}
