package sdkapi

import (
	"net/http"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/usage"
)

// Reports of SDKs. A body is read and checked whole before anything of it is counted: one with a bad field is refused with all that
// is wrong, and nothing of it is kept. Counting itself cannot fail; it is written down later (package usage).

// metrics answers POST /api/client/metrics.
func (a *API) metrics(w http.ResponseWriter, r *http.Request) {
	token := a.backend(w, r)
	if token == nil || !a.within(a.limits.metrics, w, r) {
		return
	}
	body, ok := readObject(w, r, maxBody)
	if !ok {
		return
	}
	p, report := presence(body, token, r), a.report(body, token)
	if !body.accepted(w, r) {
		return
	}
	a.Usage.Register(p)
	a.Usage.Count(report)
	a.Usage.Measure(impact(body))
	acceptBare(w)
}

// frontendMetrics answers POST /api/frontend/client/metrics.
// Browsers that say nothing of their SDK and instance are counted, but not listed as instances.
func (a *API) frontendMetrics(w http.ResponseWriter, r *http.Request) {
	token := a.frontend(w, r)
	if token == nil || !a.within(a.limits.frontendMetrics, w, r) {
		return
	}
	body, ok := readObject(w, r, maxBody)
	if !ok {
		return
	}
	p, report := presence(body, token, r), a.report(body, token)
	if !body.accepted(w, r) {
		return
	}
	if sdk := header(r, "Unleash-Sdk"); sdk != "" && p.Instance != "" {
		// A browser's address is its user's, so it is not kept.
		p.SDK, p.SDKType, p.ClientIP = sdk, usage.Frontend, ""
		a.Usage.Register(p)
	}
	a.Usage.Count(report)
	a.Usage.Measure(impact(body))
	sendOK(w)
}

// report returns what an SDK counted; a report without a bucket has counted nothing.
// start is required as Unleash requires it, and not used.
func (a *API) report(body object, token *access.APIToken) usage.Report {
	report := usage.Report{Application: body.text("appName"), Environment: environmentOf(token)}
	bucket, ok := body.object("bucket")
	if !ok {
		return report
	}
	bucket.require("start", "stop", "toggles")
	bucket.time("start")
	report.At = bucket.time("stop")
	toggles, _ := bucket.object("toggles")
	report.Features = make(map[string]usage.Counts, len(toggles.fields))
	for name := range toggles.fields {
		if toggle, ok := toggles.object(name); ok {
			report.Features[name] = counts(toggle)
		}
	}
	return report
}

// counts returns what was counted about a flag.
// Variants are counted by name. A number that is missing is 0.
func counts(o object) usage.Counts {
	c := usage.Counts{Yes: o.count("yes"), No: o.count("no")}
	if variants, ok := o.object("variants"); ok {
		c.Variants = make(map[string]int64, len(variants.fields))
		for name := range variants.fields {
			c.Variants[name] = variants.count(name)
		}
	}
	return c
}

// bulkMetrics answers POST /api/client/metrics/bulk, by which Edge reports for SDKs.
//
// It carries registrations (applications), counts (metrics) and the tokens that Edge has seen in use.
func (a *API) bulkMetrics(w http.ResponseWriter, r *http.Request) {
	token := a.backend(w, r)
	if token == nil || !a.within(a.limits.metrics, w, r) {
		return
	}
	body, ok := readObject(w, r, maxEdgeBody)
	if !ok {
		return
	}
	var present []usage.Presence
	// Backend applications have to say both of the fields below. That refusal is a bare 400, unlike all others here.
	complete := true
	for _, o := range body.objects("applications") {
		present = append(present, bulkPresence(o))
		isFrontend := o.text("sdkType") == string(usage.Frontend) && o.text("sdkVersion") != ""
		complete = complete && (isFrontend || o.fields["interval"] != nil && o.fields["started"] != nil)
	}
	var reports []usage.Report
	for _, o := range body.objects("metrics") {
		report := bulkReport(o, a.Now())
		// A token speaks for its own environment alone.
		if report.Environment == environmentOf(token) {
			reports = append(reports, report)
		}
	}
	seen := body.texts("seenTokens")
	if !body.accepted(w, r) {
		return
	}
	if !complete {
		clear(w.Header())
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, p := range present {
		a.Usage.Register(p)
	}
	for _, report := range reports {
		a.Usage.Count(report)
	}
	a.Usage.Measure(impact(body))
	for _, secret := range seen {
		// Finding a token notes that it was used; one that is unknown was not.
		_, _ = a.Tokens.Token(secret)
	}
	acceptBare(w)
}

// bulkPresence returns an application of a bulk report. Environment and projects are what Edge says: the token is Edge's own.
func bulkPresence(o object) usage.Presence {
	p := usage.Presence{
		Application: o.name("appName"),
		Environment: o.text("environment"),
		Instance:    o.text("instanceId"),
		SDK:         o.text("sdkVersion"),
		SDKType:     usage.Backend,
		Projects:    o.texts("projects"),
		Strategies:  o.texts("strategies"),
	}
	if o.text("sdkType") == string(usage.Frontend) {
		p.SDKType = usage.Frontend
	}
	o.count("interval")
	o.time("started")
	return p
}

// bulkReport returns the counts of one flag in a bulk report, which has a list of them.
func bulkReport(o object, now time.Time) usage.Report {
	report := usage.Report{
		Application: o.name("appName"),
		Environment: o.name("environment"),
		At:          o.time("timestamp"),
		Features:    map[string]usage.Counts{o.name("featureName"): counts(o)},
	}
	if report.At.IsZero() {
		report.At = now
	}
	return report
}

// acceptBare answers 202 with no more than HTTP needs.
func acceptBare(w http.ResponseWriter) {
	clear(w.Header())
	w.WriteHeader(http.StatusAccepted)
}
