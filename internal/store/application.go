package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Application is a program that uses flags.
type Application struct {
	Name              string
	CreatedAt, SeenAt time.Time
	Strategies        []string // that its SDK knows
	Description       string
	URL, Color, Icon  string
}

// ApplicationProject is a project and environment in which an application looks for flags.
type ApplicationProject struct {
	Application, Project, Environment string
	SeenAt                            time.Time
}

// Instance is a running copy of an application.
type Instance struct {
	Application, Environment, Instance string
	SDK                                string // name:version
	SDKType                            string // backend, frontend or empty
	ClientIP                           string
	CreatedAt, SeenAt                  time.Time
}

// PutApplications notes applications that were seen. Of those that are there, the
// strategies are replaced unless there are none, and SeenAt; what describes them stays.
func (tx *Tx) PutApplications(applications []Application) error {
	var rows [][]any
	for _, a := range applications {
		row, err := a.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return tx.upsert("put applications", applicationColumns,
		`on conflict (name) do update set seen_at = excluded.seen_at,
		strategies = case when excluded.strategies = '[]' then applications.strategies else excluded.strategies end`, rows)
}

// DescribeApplication stores an application with what describes it.
func (tx *Tx) DescribeApplication(a Application) error {
	row, err := a.row()
	if err != nil {
		return err
	}
	return tx.upsert("describe application", applicationColumns,
		`on conflict (name) do update set strategies = excluded.strategies, description = excluded.description,
		url = excluded.url, color = excluded.color, icon = excluded.icon`, [][]any{row})
}

const applicationColumns = "applications (name, created_at, seen_at, strategies, description, url, color, icon)"

func (a *Application) row() ([]any, error) {
	strategies, err := json.Marshal(append([]string{}, a.Strategies...))
	if err != nil {
		return nil, fmt.Errorf("store: strategies of application %q: %w", a.Name, err)
	}
	return []any{a.Name, stamp(a.CreatedAt), stamp(a.SeenAt), string(strategies), a.Description, a.URL, a.Color, a.Icon}, nil
}

// PutApplicationProjects notes where applications look for flags.
func (tx *Tx) PutApplicationProjects(projects []ApplicationProject) error {
	var rows [][]any
	for _, p := range projects {
		rows = append(rows, []any{p.Application, p.Project, p.Environment, stamp(p.SeenAt)})
	}
	return tx.upsert("put application projects", "application_projects (application, project, environment, seen_at)",
		`on conflict (application, project, environment) do update set seen_at = excluded.seen_at`, rows)
}

// PutInstances notes instances that were seen. What is empty leaves what is there.
func (tx *Tx) PutInstances(instances []Instance) error {
	var rows [][]any
	for _, i := range instances {
		rows = append(rows, []any{i.Application, i.Environment, i.Instance, i.SDK, i.SDKType, i.ClientIP, stamp(i.CreatedAt), stamp(i.SeenAt)})
	}
	return tx.upsert("put instances", `application_instances
		(application, environment, instance, sdk, sdk_type, client_ip, created_at, seen_at)`,
		`on conflict (application, environment, instance) do update set seen_at = excluded.seen_at,
		sdk = case when excluded.sdk = '' then application_instances.sdk else excluded.sdk end,
		sdk_type = case when excluded.sdk_type = '' then application_instances.sdk_type else excluded.sdk_type end,
		client_ip = case when excluded.client_ip = '' then application_instances.client_ip else excluded.client_ip end`, rows)
}

// DeleteApplication forgets an application, with its instances and where it looked.
// What it counted stays.
func (tx *Tx) DeleteApplication(name string) error {
	for _, statement := range []string{
		`delete from applications where name = $1`,
		`delete from application_projects where application = $1`,
		`delete from application_instances where application = $1`,
	} {
		if _, err := tx.exec("delete application", statement, name); err != nil {
			return err
		}
	}
	return nil
}

// Applications returns all applications by name.
func (db *DB) Applications(ctx context.Context) ([]Application, error) {
	return readAll(ctx, db, "read applications", `select name, created_at, seen_at, strategies, description, url, color, icon
		from applications order by name`, nil,
		func(scan func(...any) error) (a Application, err error) {
			var strategies string
			if err := scan(&a.Name, &a.CreatedAt, &a.SeenAt, &strategies, &a.Description, &a.URL, &a.Color, &a.Icon); err != nil {
				return a, err
			}
			a.CreatedAt, a.SeenAt = stamp(a.CreatedAt), stamp(a.SeenAt)
			return a, json.Unmarshal([]byte(strategies), &a.Strategies)
		})
}

// ApplicationProjects returns where applications look for flags, by application, project
// and environment.
func (db *DB) ApplicationProjects(ctx context.Context) ([]ApplicationProject, error) {
	return readAll(ctx, db, "read application projects", `select application, project, environment, seen_at
		from application_projects order by application, project, environment`, nil,
		func(scan func(...any) error) (p ApplicationProject, err error) {
			err = scan(&p.Application, &p.Project, &p.Environment, &p.SeenAt)
			p.SeenAt = stamp(p.SeenAt)
			return p, err
		})
}

// Instances returns the instances of an application, or all if it is empty, by application,
// environment and name.
func (db *DB) Instances(ctx context.Context, application string) ([]Instance, error) {
	query, args := `select application, environment, instance, sdk, sdk_type, client_ip, created_at, seen_at
		from application_instances`, []any(nil)
	if application != "" {
		query += ` where application = ` + placeholder(application, &args)
	}
	return readAll(ctx, db, "read instances", query+` order by application, environment, instance`, args,
		func(scan func(...any) error) (i Instance, err error) {
			err = scan(&i.Application, &i.Environment, &i.Instance, &i.SDK, &i.SDKType, &i.ClientIP, &i.CreatedAt, &i.SeenAt)
			i.CreatedAt, i.SeenAt = stamp(i.CreatedAt), stamp(i.SeenAt)
			return i, err
		})
}
