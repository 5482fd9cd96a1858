package app

import (
	"context"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// CreateTag makes a tag that no flag has yet. Everyone may who is signed in.
//
// Faults: BadData, NameExists.
func (a *App) CreateTag(ctx context.Context, c Caller, tag flag.Tag) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		valid, err := validTag(d, "/body", tag)
		if err != nil {
			return err
		}
		if d.HasTag(valid) {
			return fault.New(fault.NameExists, "There already exists a tag with the type %q and the value %q", valid.Type, valid.Value)
		}
		d.Add(state.Scope{}, state.TagCreated{Tag: valid})
		return nil
	})
	return err
}

// DeleteTag removes a tag, also from flags of any project.
//
// Faults: NotFound.
func (a *App) DeleteTag(ctx context.Context, c Caller, tag flag.Tag) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.UpdateFeature); err != nil {
			return err
		}
		if err := Tag(d.State, tag); err != nil {
			return err
		}
		d.Add(state.Scope{}, state.TagDeleted{Tag: tag})
		return nil
	})
	return err
}

// Tag returns a NotFound fault if there is no such tag.
func Tag(s *state.State, tag flag.Tag) error {
	if s.HasTag(tag) {
		return nil
	}
	return fault.New(fault.NotFound, "Could not find a tag with the type %q and the value %q.", tag.Type, tag.Value)
}

// TagFeature puts tags on a flag and takes others from it. Tags that do not exist yet
// are created; tags that the flag does not have are not taken from it.
//
// Faults: NotFound for the flag, BadData.
func (a *App) TagFeature(ctx context.Context, c Caller, name flag.Name, added, removed []flag.Tag) (*flag.Flag, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		f := d.Flag(name)
		if f == nil {
			return fault.New(fault.NotFound, "Could not find feature flag with name %s", name)
		}
		if err := d.Require(f.Project, "", access.UpdateFeature); err != nil {
			return err
		}
		return tagFeature(d, f, added, removed)
	})
	if err != nil {
		return nil, err
	}
	return s.Flag(name), nil
}

// TagFeatures does what TagFeature does to several flags of a project.
//
// Faults: NotFound for a flag, BadData.
func (a *App) TagFeatures(ctx context.Context, c Caller, project flag.ProjectID, names []flag.Name, added, removed []flag.Tag) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeature); err != nil {
			return err
		}
		return decide.EachFeature(d, project, names, func(f *flag.Flag) error { return tagFeature(d, f, added, removed) })
	})
	return err
}

func tagFeature(d *decide.Decision, f *flag.Flag, added, removed []flag.Tag) error {
	tags, err := validTags(d, "/body", added)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		addTag(d, decide.FeatureScope(f), tag)
	}
	for _, tag := range removed {
		if tag = tag.Trim(); slices.Contains(d.Flag(f.Name).Tags, tag) {
			d.Add(decide.FeatureScope(f), state.FeatureUntagged{Tag: tag})
		}
	}
	return nil
}
