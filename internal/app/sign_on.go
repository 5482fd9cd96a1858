package app

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// How people sign in, and what happens when a provider vouches for somebody (docs/single-sign-on.md; docs/adr/0021). Settings are in the
// ledger, as they decide who gets in; secrets are sealed beside it, and an event says at most when one was given. Every change is held to
// someWayIn on the state after it.

// SetPasswordSignIn says whether people can sign in by a password. Turning it off needs another
// way in; whoever lost that runs `quorate rescue`.
//
// Faults: BadData if nobody could sign in any more.
func (a *App) SetPasswordSignIn(ctx context.Context, c Caller, disabled bool) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := mayConfigureSignIn(d); err != nil {
			return err
		}
		if err := setSetting(d, state.PasswordSignInSetting, d.PasswordSignIn(), state.PasswordSignIn{Disabled: disabled}); err != nil {
			return err
		}
		return someWayIn(d.State)
	})
	return err
}

// SetOIDC says how people sign in by OpenID Connect. An empty secret leaves the one that was set
// before, which is kept for the provider and client that it was given for.
// Nothing here asks the provider: whether discovery works is seen when somebody signs in.
//
// Faults: BadData, also if nobody could sign in any more.
func (a *App) SetOIDC(ctx context.Context, c Caller, in state.OIDC, secret string) error {
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := mayConfigureSignIn(d); err != nil {
			return err
		}
		before := d.OIDC()
		in.SecretSetAt = before.SecretSetAt
		if secret != "" {
			in.SecretSetAt = &d.Now
		} else if in.DiscoverURL != before.DiscoverURL || in.ClientID != before.ClientID {
			in.SecretSetAt = nil // it must not be sent to another provider than it was given for
		}
		if err := fault.Invalid(append(oidcDetails(in), admissionDetails(d.State, in.Admission)...)...); err != nil {
			return err
		}
		if err := setSetting(d, state.OIDCSetting, before, in); err != nil {
			return err
		}
		return someWayIn(d.State)
	}, func(tx *store.Tx) error {
		if secret == "" {
			return nil
		}
		return tx.PutSealed(store.SignOnSecrets, state.OIDCSetting, a.keys.Seal(store.SignOnSecrets, state.OIDCSetting, []byte(secret)))
	})
	return err
}

// SetSAML says how people sign in by SAML. SPCertificate is a certificate with its private key, as
// PEM. Empty, or the certificate that is kept already, it leaves the pair that is there, and a pair is made if there is none.
//
// Faults: BadData, also if nobody could sign in any more.
func (a *App) SetSAML(ctx context.Context, c Caller, in state.SAML) error {
	for _, text := range []*string{&in.EntityID, &in.SignOnURL, &in.Certificate, &in.SignOutURL} {
		if strings.TrimSpace(*text) == "" { // clients of Unleash, where these cannot be empty, clear them by a space
			*text = ""
		}
	}
	given, unfit := keyPairIn(in.SPCertificate)
	fresh := sync.OnceValues(func() (keyPair, error) { return newKeyPair(a.now()) }) // it takes a while, and decisions may be repeated
	var put []byte
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := mayConfigureSignIn(d); err != nil {
			return err
		}
		before := d.SAML()
		details := append(samlDetails(in), admissionDetails(d.State, in.Admission)...)
		wrong := unfit
		if given.key == nil && given.certificate != "" && given.certificate != before.SPCertificate {
			wrong = &fault.Detail{Path: "/body/spCertificate", Message: "The private key of this certificate is missing. Give both, as PEM, or nothing: then Quorate uses its own."}
		}
		if wrong != nil {
			details = append(details, *wrong)
		}
		if err := fault.Invalid(details...); err != nil {
			return err
		}
		pair := given
		if pair.key == nil {
			pair = keyPair{certificate: before.SPCertificate}
		}
		if pair.certificate == "" {
			var err error
			if pair, err = fresh(); err != nil {
				return err
			}
		}
		in.SPCertificate, put = pair.certificate, pair.key
		if err := setSetting(d, state.SAMLSetting, before, in); err != nil {
			return err
		}
		return someWayIn(d.State)
	}, func(tx *store.Tx) error {
		if put == nil {
			return nil
		}
		return tx.PutSealed(store.SignOnSecrets, state.SAMLSetting, a.keys.Seal(store.SignOnSecrets, state.SAMLSetting, put))
	})
	return err
}

// samlDetails returns what is wrong with settings of SAML, sorted by field. What is off may be incomplete.
func samlDetails(in state.SAML) []fault.Detail {
	details := append(addressDetails("signOnUrl", in.SignOnURL), addressDetails("signOutUrl", in.SignOutURL)...)
	for name, value := range map[string]string{"entityId": in.EntityID, "signOnUrl": in.SignOnURL, "certificate": in.Certificate} {
		if in.Enabled && value == "" {
			details = append(details, fault.Detail{Path: "/body/" + name, Message: fmt.Sprintf("The `/body/%s` property is required when SAML is enabled.", name)})
		}
	}
	if in.Certificate != "" && !isCertificate(in.Certificate) {
		details = append(details, fault.Detail{Path: "/body/certificate", Message: "It is not an X.509 certificate, as PEM or its base64 text."})
	}
	slices.SortFunc(details, func(a, b fault.Detail) int { return strings.Compare(a.Path, b.Path) })
	return details
}

// isCertificate reports whether a text is a certificate, with or without the lines around it.
func isCertificate(text string) bool {
	var der []byte
	if block, _ := pem.Decode([]byte(strings.TrimSpace(text))); block != nil {
		der = block.Bytes
	} else if bare, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
		der = bare
	}
	_, err := x509.ParseCertificate(der)
	return err == nil
}

// mayConfigureSignIn refuses who may not change how people sign in.
func mayConfigureSignIn(d *decide.Decision) error {
	return d.Require("", "", access.Admin, access.UpdateAuth)
}

// setSetting decides that a setting has another value, if it has.
// The values are compared as JSON, so that nil and empty fields are the same if they are written so.
func setSetting[T any](d *decide.Decision, id string, before, after T) error {
	if decide.Same(before, after) {
		return nil
	}
	value, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("app: setting %s: %w", id, err)
	}
	d.Add(state.Scope{}, state.SettingUpdated{ID: id, Before: d.Setting(id), After: string(value)})
	return nil
}

// someWayIn refuses a state in which nobody can sign in.
// Whether a way that is on really works is not known here; `quorate rescue` is for when it does not.
func someWayIn(s *state.State) error {
	if s.PasswordSignIn().Disabled && !s.OIDC().Enabled && !s.SAML().Enabled {
		return fault.New(fault.BadData, "Nobody could sign in any more: enable single sign-on, or signing in by a password, first.")
	}
	return nil
}

// oidcDetails returns what is wrong with settings of OpenID Connect. What is off may be incomplete.
func oidcDetails(in state.OIDC) []fault.Detail {
	var details []fault.Detail
	missing := func(name, value string) {
		if in.Enabled && value == "" {
			details = append(details, fault.Detail{Path: "/body/" + name, Message: fmt.Sprintf("The `/body/%s` property is required when OpenID Connect is enabled.", name)})
		}
	}
	missing("discoverUrl", in.DiscoverURL)
	missing("clientId", in.ClientID)
	if in.SecretSetAt == nil {
		missing("secret", "")
	}
	return append(details, addressDetails("discoverUrl", in.DiscoverURL)...)
}

// addressDetails refuses what is no address of a provider. Secrets and answers travel there, so
// it has to be https, except on this machine.
func addressDetails(name, text string) []fault.Detail {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())) {
		return nil
	}
	return []fault.Detail{{Path: "/body/" + name, Message: fmt.Sprintf("%q is not an address that begins with https://.", text)}}
}

// isLoopback reports whether a host is this machine. Names other than localhost are not looked up.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// admissionDetails returns what is wrong with who is let in, which OpenID Connect and SAML have in common.
func admissionDetails(s *state.State, in state.Admission) []fault.Detail {
	var details []fault.Detail
	if _, err := defaultRole(s, in); err != nil {
		details = append(details, fault.Detail{Path: "/body/defaultRootRole", Message: err.Error()})
	}
	if in.GroupSync && in.GroupPath == "" {
		details = append(details, fault.Detail{Path: "/body/groupJsonPath", Message: "The `/body/groupJsonPath` property is required when groups are synchronised."})
	}
	for _, domain := range in.Domains() {
		if !validEmail("someone@" + domain) {
			details = append(details, fault.Detail{Path: "/body/emailDomains", Message: fmt.Sprintf("%q is not a domain.", domain)})
		}
	}
	return details
}

// defaultRole returns the role of accounts that a provider brings in.
// The id goes before the name; without both it is Viewer.
func defaultRole(s *state.State, in state.Admission) (access.RoleID, error) {
	switch {
	case in.DefaultRootRoleID != 0:
		return in.DefaultRootRoleID, rootRole(s, in.DefaultRootRoleID)
	case in.DefaultRootRole != "":
		return RoleNamed(s, in.DefaultRootRole)
	default:
		return access.RoleViewer, nil
	}
}

// Arrival is somebody whom an identity provider vouches for.
// What is in it was checked by sso: signatures, times, and whether the provider speaks of the account's subject.
type Arrival struct {
	Account     int64 // whom the provider means; 0: nobody who has an account
	Email, Name string
	Groups      []string // as the provider calls them
}

// Arrive lets somebody in whom an identity provider vouches for: it makes an account, if there is
// none and the admission allows it, and lets groups with mappings follow what the provider says.
// It returns the account.
// Roles of an account that exists are not touched: they are given here, and not by the provider.
//
// Faults: Forbidden for who has no account and gets none, and for who is suspended; InvalidOperation if nobody would be
// left who administers.
func (a *App) Arrive(ctx context.Context, origin Origin, in Arrival, admission state.Admission) (int64, error) {
	person := store.Person{Kind: string(access.KindUser), Name: in.Name, Email: in.Email}
	// Nobody is kept out for the sake of a name.
	if len(person.Name) > maxPersonName {
		person.Name = ""
	}
	var lost, left []int64
	var id int64
	_, err := a.doAlso(ctx, Caller{Actor: access.System(), Origin: origin}, func(d *decide.Decision) error {
		id = in.Account
		was := d.State
		if id == 0 {
			role, err := admitted(d.State, person, admission)
			if err != nil {
				return err
			}
			id, person.ID, person.CreatedAt = d.NextAccountID(), d.NextAccountID(), d.Now
			d.Add(state.Scope{}, state.UserCreated{ID: id, RootRole: role})
		}
		known, err := account(d.State, access.KindUser, id)
		if err != nil {
			return err
		}
		if err := known.MaySignIn(); err != nil {
			return err
		}
		if admission.GroupSync {
			followGroups(d, id, in.Groups)
		}
		lost, left = adminsLost(was, d.State)
		return nil
	}, func(tx *store.Tx) error {
		if in.Account == 0 {
			return taken(tx.AddPerson(person))
		}
		return keepAdmins(tx, lost, left)
	})
	return id, err
}

// admitted returns the role of somebody who gets an account, or a fault for who gets none.
// The order is that in which it helps to be told: an administrator can make an account by hand, whatever the rest says.
func admitted(s *state.State, person store.Person, admission state.Admission) (access.RoleID, error) {
	switch {
	case !admission.AutoCreate:
		return 0, fault.New(fault.Forbidden, "There is no account for %s. Ask an administrator to make one.", person.Email)
	case !validEmail(person.Email):
		return 0, fault.New(fault.Forbidden, "The identity provider gave no e-mail address. Ask its administrator to release it.")
	case !admission.Admits(person.Email):
		return 0, fault.New(fault.Forbidden, "Accounts are not made for addresses like %s. Ask an administrator to make one.", person.Email)
	}
	if err := fault.Invalid(validNames(person.Name, "", person.Email)...); err != nil {
		return 0, err
	}
	return defaultRole(s, admission)
}

// followGroups decides that an account belongs to exactly those of the groups with mappings that
// the provider names. Groups without mappings are people's own, and those of SCIM its client's.
// An event is added only for groups that change, so signing in writes nothing as a rule.
func followGroups(d *decide.Decision, id int64, named []string) {
	for group := range d.Groups() {
		if len(group.MappingsSSO) == 0 || group.SCIMID != nil {
			continue
		}
		belongs := slices.ContainsFunc(group.MappingsSSO, func(mapping string) bool { return slices.Contains(named, mapping) })
		if belongs == group.Has(id) {
			continue
		}
		after := *group
		if belongs {
			after.Members = append(slices.Clone(group.Members), access.Member{Account: id, JoinedAt: d.Now, AddedBy: d.Actor.Ref})
		} else {
			after.Members = slices.DeleteFunc(slices.Clone(group.Members), func(m access.Member) bool { return m.Account == id })
		}
		d.Add(state.Scope{}, state.GroupUpdated{Before: *group, After: after})
	}
}

// Rescue lets an administrator in again who cannot sign in: signing in by a password is turned
// on, and a link to choose one is made, whose secret is returned. It is for who has the data
// folder and the secret key, and is on record.
// Nobody's permission is asked. That it happened is on record by two events of the system: UserUpdated, though nothing of the person
// changes, and the setting if it changes.
//
// Faults: NotFound; BadData for who is no administrator.
func (a *App) Rescue(ctx context.Context, name string) (string, error) {
	person, err := a.people.Named(ctx, strings.TrimSpace(name))
	if err != nil {
		return "", err
	}
	var secret string
	var link store.ResetToken
	_, err = a.doAlso(ctx, Caller{Actor: access.System()}, func(d *decide.Decision) error {
		old, err := account(d.State, access.KindUser, person.ID)
		if err != nil {
			return err
		}
		if !isAdmin(d.State, person.ID) {
			return fault.New(fault.BadData, "%s is no administrator. Name somebody who has the role Admin.", name)
		}
		secret, link = newResetToken(d, person.ID)
		d.Add(state.Scope{}, state.UserUpdated{AccountChange: state.AccountChange{ID: person.ID, Before: old.RootRole, After: old.RootRole}})
		return setSetting(d, state.PasswordSignInSetting, d.PasswordSignIn(), state.PasswordSignIn{})
	}, func(tx *store.Tx) error { return tx.PutResetToken(link) })
	return secret, err
}
