package cli

import (
	"cmp"
	"fmt"
	"net/mail"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/notify"
)

// mailFlags say how mails are sent. The password is read from the environment only. The names that begin with EMAIL_ are
// Unleash's. Ports are texts here, so that one that is not set can be told from 0.
type mailFlags struct {
	SMTPHost   string `name:"smtp-host" env:"QUORATE_SMTP_HOST,EMAIL_HOST" placeholder:"HOST" help:"The mail server. Without one there are no mails, and people's inboxes have everything ($$${env})."`
	SMTPPort   string `name:"smtp-port" env:"QUORATE_SMTP_PORT,EMAIL_PORT" placeholder:"PORT" help:"Its port: 587 unless set, 465 with --smtp-tls=tls, 25 with none ($$${env})."`
	SMTPUser   string `name:"smtp-user" env:"QUORATE_SMTP_USER,EMAIL_USER" placeholder:"NAME" help:"Who signs in there, if it asks for that ($$${env})."`
	SMTPSender string `name:"smtp-sender" env:"QUORATE_SMTP_SENDER,EMAIL_SENDER" placeholder:"ADDRESS" help:"From whom mails are: Quorate <flags@example.com> ($$${env})."`
	SMTPTLS    string `name:"smtp-tls" env:"QUORATE_SMTP_TLS" placeholder:"MODE" help:"starttls (the default), tls from the first byte, or none; EMAIL_SECURE=true means tls ($$${env})."`
}

// ports are those that servers usually have.
var ports = map[notify.TLS]string{notify.StartTLS: "587", notify.FullTLS: "465", notify.NoTLS: "25"}

// settings returns how mails are sent, or nil if they are not. The error names the setting. A server that was meant to send
// mails and cannot would be noticed late, so half of the settings is an error, and none is not.
func (f mailFlags) settings() (*notify.SMTP, error) {
	password := cmp.Or(os.Getenv("QUORATE_SMTP_PASSWORD"), os.Getenv("EMAIL_PASSWORD"))
	if f.SMTPHost == "" {
		if f.SMTPUser+f.SMTPSender+f.SMTPTLS+f.SMTPPort+password != "" {
			return nil, mailSetting("HOST", "is missing, while other settings of mail are there")
		}
		return nil, nil
	}
	s := &notify.SMTP{Host: f.SMTPHost, User: f.SMTPUser, Password: password, TLS: notify.TLS(f.SMTPTLS)}
	if _, err := netip.ParseAddr(s.Host); err != nil && strings.ContainsAny(s.Host, ":/ ") {
		return nil, mailSetting("HOST", "must be a name or an address without a port, not %q", s.Host)
	}
	if s.TLS == "" {
		s.TLS = notify.StartTLS
		switch secure := os.Getenv("EMAIL_SECURE"); secure {
		case "", "false":
		case "true":
			s.TLS = notify.FullTLS
		default:
			return nil, fmt.Errorf("EMAIL_SECURE must be true or false, not %q", secure)
		}
	}
	usual, known := ports[s.TLS]
	if !known {
		return nil, mailSetting("TLS", "must be starttls, tls or none, not %q", s.TLS)
	}
	var err error
	if s.Port, err = strconv.Atoi(cmp.Or(f.SMTPPort, usual)); err != nil || s.Port < 1 || s.Port > 65535 {
		return nil, mailSetting("PORT", "must be a number from 1 to 65535, not %q", f.SMTPPort)
	}
	if (s.User == "") != (s.Password == "") {
		return nil, mailSetting("USER", "and QUORATE_SMTP_PASSWORD go together: set both, or none")
	}
	// There is no way round it: whoever wants none has to leave out the password, too.
	if s.User != "" && s.TLS == notify.NoTLS {
		return nil, mailSetting("TLS", "must not be none where there is a password: it would be sent in clear")
	}
	sender, err := mail.ParseAddress(f.SMTPSender)
	if err != nil {
		return nil, mailSetting("SENDER", "must be an e-mail address, such as Quorate <flags@example.com>, not %q", f.SMTPSender)
	}
	s.Sender = *sender
	return s, nil
}

// mailSetting returns an error about a setting, by each of its names.
func mailSetting(name, format string, args ...any) error {
	names := fmt.Sprintf("--smtp-%s (QUORATE_SMTP_%s", strings.ToLower(name), name)
	if name != "TLS" {
		names += " or EMAIL_" + name
	}
	return fmt.Errorf("%s) %s", names, fmt.Sprintf(format, args...))
}
