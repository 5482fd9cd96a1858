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

// AddLink points from a flag to a page about it.
//
// Faults: NotFound, BadData, OperationDenied when the flag has as many links as it may.
func (a *App) AddLink(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name, url string, title *string) error {
	return a.editLinks(ctx, c, project, name, func(d *decide.Decision, f *flag.Flag) error {
		if limit := d.Limits.FeatureLinks; decide.Reached(len(f.Links), limit) {
			return fault.New(fault.OperationDenied, "Too many links. A feature flag can have at most %d.", limit)
		}
		link, err := newLink(d.NewID(), url, title)
		if err != nil {
			return err
		}
		d.Add(decide.FeatureScope(f), state.FeatureLinkAdded{Link: link})
		return nil
	})
}

// UpdateLink changes where a link points to, and its title.
//
// Faults: NotFound for the flag or the link, BadData.
func (a *App) UpdateLink(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name, id, url string, title *string) error {
	return a.editLinks(ctx, c, project, name, func(d *decide.Decision, f *flag.Flag) error {
		before, err := linkOf(f, id)
		if err != nil {
			return err
		}
		after, err := newLink(id, url, title)
		if err != nil {
			return err
		}
		if !decide.Same(before, after) {
			d.Add(decide.FeatureScope(f), state.FeatureLinkUpdated{Before: before, After: after})
		}
		return nil
	})
}

// RemoveLink takes a link from a flag.
//
// Faults: NotFound for the flag or the link.
func (a *App) RemoveLink(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name, id string) error {
	return a.editLinks(ctx, c, project, name, func(d *decide.Decision, f *flag.Flag) error {
		before, err := linkOf(f, id)
		if err != nil {
			return err
		}
		d.Add(decide.FeatureScope(f), state.FeatureLinkRemoved{Before: before})
		return nil
	})
}

func (a *App) editLinks(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name, edit func(*decide.Decision, *flag.Flag) error) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeature); err != nil {
			return err
		}
		f, err := d.Feature(project, name)
		if err != nil {
			return err
		}
		return edit(d, f)
	})
	return err
}

func newLink(id, url string, title *string) (flag.Link, error) {
	normal, details := flag.NormalizeLink("/body/url", url)
	return flag.Link{ID: id, URL: normal, Title: title}, fault.Invalid(details...)
}

func linkOf(f *flag.Flag, id string) (flag.Link, error) {
	i := slices.IndexFunc(f.Links, func(l flag.Link) bool { return l.ID == id })
	if i < 0 {
		return flag.Link{}, fault.New(fault.NotFound, "The feature flag %q has no link with the id %q.", f.Name, id)
	}
	return f.Links[i], nil
}
