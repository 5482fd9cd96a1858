package flag

import "time"

// ContextField describes a field of the context that constraints may read.
type ContextField struct {
	Name        string       `json:"name"`
	Description *string      `json:"description,omitempty"`
	Project     *ProjectID   `json:"project,omitempty"` // nil: global
	Stickiness  bool         `json:"stickiness,omitempty"`
	SortOrder   int          `json:"sortOrder"`
	LegalValues []LegalValue `json:"legalValues,omitempty"`
	CreatedAt   time.Time    `json:"createdAt"`
}

// LegalValue is one value that constraints may name for a context field.
type LegalValue struct {
	Value       string  `json:"value"`
	Description *string `json:"description,omitempty"`
}

// TagType is a kind of tag.
type TagType struct {
	Name        string  `json:"name"`
	Description *string `json:"description,omitempty"`
	Icon        *string `json:"icon,omitempty"`
	Color       *string `json:"color,omitempty"`
}

// FeatureType says what a flag is for and how long such flags live.
type FeatureType struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	LifetimeDays *int   `json:"lifetimeDays"` // nil: for ever
}

// StrategyType describes a strategy that flags may use and its parameters.
type StrategyType struct {
	Name        string              `json:"name"`
	DisplayName string              `json:"displayName,omitempty"`
	Title       *string             `json:"title,omitempty"`
	Description *string             `json:"description,omitempty"`
	Editable    bool                `json:"editable,omitempty"` // false: built in
	Deprecated  bool                `json:"deprecated,omitempty"`
	Parameters  []StrategyParameter `json:"parameters,omitempty"`
}

// StrategyParameter is a parameter of a strategy type.
type StrategyParameter struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // percentage, list, string, number or boolean
	Description string `json:"description,omitempty"`
	Required    bool   `json:"required,omitempty"`
}

// FeatureTypes lists the flag types that every instance has, with the lifetimes
// of a fresh one.
func FeatureTypes() []FeatureType {
	days := func(n int) *int { return &n }
	return []FeatureType{
		{ID: "release", Name: "Release", Description: "Brings a new feature to users step by step.", LifetimeDays: days(40)},
		{ID: "experiment", Name: "Experiment", Description: "Compares several versions of a feature.", LifetimeDays: days(40)},
		{ID: "operational", Name: "Operational", Description: "Steers how a part of the system runs.", LifetimeDays: days(7)},
		{ID: "kill-switch", Name: "Kill switch", Description: "Turns critical functionality off at once."},
		{ID: "permission", Name: "Permission", Description: "Gives a feature to those who may have it."},
		{ID: "sunset", Name: "Sunset", Description: "Takes a feature away from users step by step.", LifetimeDays: days(90)},
	}
}
