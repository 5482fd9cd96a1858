package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/quorate/quorate/internal/app"
)

// demoEnvironment is where the demo's tokens and lines are for.
const demoEnvironment = "development"

// What a first start with --demo prints. It is for somebody who has a terminal open and has read nothing: each line can be pasted as it is.

// demoLines are lines to paste, for a terminal and for programs.
// Tokens of SDKs are those that were made up just now; an admin token that was chosen is not repeated.
func (s *Server) demoLines(made app.FirstTokens) string {
	admin := "YOUR-ADMIN-TOKEN"
	if len(made.Admin) > 0 {
		admin = made.Admin[0]
	}
	url, backend, frontend := s.URL(), made.Backend[0], made.Frontend[0]
	return fmt.Sprintf(`The project %[1]q has flags to try. What an SDK on a server gets:

  curl -H 'Authorization: %[4]s' %[3]s/api/client/features

What an SDK in a browser gets for the user ann:

  curl -H 'Authorization: %[5]s' '%[3]s/api/frontend?userId=ann'

Switch a flag off:

  curl -X POST -H 'Authorization: %[6]s' %[3]s/api/admin/projects/%[1]s/features/%[2]s/environments/%[7]s/off

In a program for Node (npm install unleash-client):

  const { startUnleash } = require('unleash-client');
  startUnleash({ url: '%[3]s/api/', appName: 'demo', refreshInterval: 1000, customHeaders: { Authorization: '%[4]s' } })
    .then((unleash) => setInterval(() => console.log(unleash.isEnabled('%[2]s', { userId: 'ann' })), 1000));

With OpenFeature (npm install @openfeature/server-sdk @openfeature/ofrep-provider):

  new OFREPProvider({ baseUrl: '%[3]s', headers: [['Authorization', 'Bearer %[4]s']] })

`, app.DemoProject, app.DemoFlag, url, backend, frontend, admin, demoEnvironment)
}

// demoPeople makes people to try the demo with, and says how to sign in as them and what to
// look at. If there is somebody already, nobody is made and nothing said.
func (s *Server) demoPeople(ctx context.Context) error {
	request, err := s.app.SeedDemoPeople(ctx)
	if err != nil {
		return fmt.Errorf("server: create the demo's people: %w", err)
	}
	if request == nil {
		return nil
	}
	var people strings.Builder
	for _, p := range app.DemoPeople() {
		fmt.Fprintf(&people, "  %-5s  password %-10s  %s\n", p.Username, p.Password, p.For)
	}
	_, err = fmt.Fprintf(s.settings.Out, `The environment production of the project %[3]q is protected: it changes only when somebody else agrees. Open

  %[1]s

and sign in as

%[2]s
A change request by ada waits for bo. Sign in as bo, look at it, approve it and apply it:

  %[1]s/projects/%[3]s/change-requests/%[4]d

Only the demo has these people. Everybody knows their passwords, so let no stranger reach it, and begin
with another data folder, without --demo, when you mean it.

`, s.URL(), people.String(), request.Project, request.ID)
	return err
}
