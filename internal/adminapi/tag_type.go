package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
)

// tagTypes registers what can be done with tag types.
func (a *api) tagTypes() {
	const one = "/tag-types/{name}"
	register(a, operation{
		ID: "getTagTypes", Method: http.MethodGet, Path: "/tag-types", Tag: tagTags,
		Summary: "List the tag types",
	}, a.getTagTypes)
	register(a, operation{
		ID: "createTagType", Method: http.MethodPost, Path: "/tag-types", Tag: tagTags,
		Summary:     "Create a tag type",
		Permissions: []access.Permission{access.CreateTagType},
		Status:      http.StatusCreated,
	}, a.createTagType)
	register(a, operation{
		ID: "validateTagType", Method: http.MethodPost, Path: "/tag-types/validate", Tag: tagTags,
		Summary: "Check a tag type to be",
	}, a.validateTagType)
	register(a, operation{
		ID: "getTagType", Method: http.MethodGet, Path: one, Tag: tagTags,
		Summary: "Get a tag type",
	}, a.getTagType)
	register(a, operation{
		ID: "updateTagType", Method: http.MethodPut, Path: one, Tag: tagTags,
		Summary: "Change a tag type", Description: "What is left out stays as it is.",
		Permissions: []access.Permission{access.UpdateTagType},
	}, a.updateTagType)
	register(a, operation{
		ID: "deleteTagType", Method: http.MethodDelete, Path: one, Tag: tagTags,
		Summary: "Delete a tag type", Description: "With its tags, which are taken from all flags.",
		Permissions: []access.Permission{access.DeleteTagType},
	}, a.deleteTagType)
}

// TagTypeAt names a tag type.
type TagTypeAt struct {
	Name string `path:"name"`
}

// TagType is a tag type. Its name is its identity and cannot be changed. It is exported for huma passes
// over embedded types that are not.
type TagType struct {
	Name        string  `json:"name"`
	Description *string `json:"description,omitempty"`
	Icon        *string `json:"icon" required:"false"`
	Color       *string `json:"color" required:"false" doc:"As in #FFFFFF."`
}

// tagTypeCreated is a new tag type, which says where it is.
type tagTypeCreated struct{ TagType }

func (t tagTypeCreated) location() string { return "tag-types/" + t.Name }

// updateTagType is the body that changes a tag type.
//
// What is left out stays, and null takes it away.
type updateTagType struct {
	Description optional[string] `json:"description,omitzero"`
	Icon        optional[string] `json:"icon,omitzero"`
	Color       optional[string] `json:"color,omitzero"`
}

// tagTypes is a list of tag types.
type tagTypes struct {
	Version  int       `json:"version"`
	TagTypes []TagType `json:"tagTypes"`
}

// tagTypeWithVersion is a tag type by itself.
type tagTypeWithVersion struct {
	Version int     `json:"version"`
	TagType TagType `json:"tagType"`
}

// validateTagType is what a check of a tag type found.
type validateTagType struct {
	Valid   bool    `json:"valid"`
	TagType TagType `json:"tagType"`
}

func (a *api) getTagTypes(_ context.Context, r request, _ *struct{}) (tagTypes, error) {
	list := tagTypes{Version: 1, TagTypes: []TagType{}}
	for t := range r.State.TagTypes() {
		list.TagTypes = append(list.TagTypes, TagType(*t))
	}
	return list, nil
}

func (a *api) createTagType(ctx context.Context, r request, in *struct{ Body TagType }) (tagTypeCreated, error) {
	t, err := a.App.CreateTagType(ctx, r.Caller, flag.TagType(in.Body))
	if err != nil {
		return tagTypeCreated{}, err
	}
	return tagTypeCreated{TagType(*t)}, nil
}

func (a *api) validateTagType(_ context.Context, r request, in *struct{ Body TagType }) (validateTagType, error) {
	// Valid is never false: what is not valid is a fault.
	return validateTagType{Valid: true, TagType: in.Body}, app.ValidateTagType(r.State, flag.TagType(in.Body))
}

func (a *api) getTagType(_ context.Context, r request, in *TagTypeAt) (tagTypeWithVersion, error) {
	t, err := app.TagType(r.State, in.Name)
	if err != nil {
		return tagTypeWithVersion{}, err
	}
	return tagTypeWithVersion{Version: 1, TagType: TagType(*t)}, nil
}

func (a *api) updateTagType(ctx context.Context, r request, in *struct {
	TagTypeAt
	Body updateTagType
},
) (empty, error) {
	return empty{}, a.App.UpdateTagType(ctx, r.Caller, in.Name, func(t flag.TagType) flag.TagType {
		t.Description = in.Body.Description.Or(t.Description)
		t.Icon = in.Body.Icon.Or(t.Icon)
		t.Color = in.Body.Color.Or(t.Color)
		return t
	})
}

func (a *api) deleteTagType(ctx context.Context, r request, in *TagTypeAt) (empty, error) {
	return empty{}, a.App.DeleteTagType(ctx, r.Caller, in.Name)
}
