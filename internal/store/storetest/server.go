package storetest

import (
	"bufio"
	"database/sql"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// PostgresServer is a PostgreSQL server of a test's own, so that it can be stopped.
type PostgresServer struct {
	URL string

	port     string
	data     string // the folder of its data
	programs string // the folder of its programs
}

// StartPostgres starts a server with an empty database, which is removed after the test. The test
// is skipped where there is none to be had, but not in CI.
func StartPostgres(t testing.TB) *PostgresServer {
	t.Helper()
	// The script prints the URL of the server, which lives until the command's input ends.
	script := exec.CommandContext(t.Context(), scriptWithPostgres(), "sh", "-c", `echo "$QUORATE_TEST_POSTGRES"; cat`)
	script.Cancel = func() error { return script.Process.Signal(os.Interrupt) } // lets it clean up
	script.Stderr = t.Output()
	input, err := script.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	printed, err := script.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := script.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		_ = script.Wait() // it has printed what went wrong
	})
	line, err := bufio.NewReader(printed).ReadString('\n')
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no PostgreSQL server could be started")
		}
		t.Skip("no PostgreSQL server can be started here")
	}
	s := &PostgresServer{URL: strings.TrimSpace(line)}
	address, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.port = address.Port()
	db, err := sql.Open("pgx", s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.QueryRowContext(t.Context(), `select current_setting('data_directory'), setting from pg_config where name = 'BINDIR'`).
		Scan(&s.data, &s.programs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scriptWithPostgres returns the path of the script that starts a server. Tests run in the folder of
// their package, somewhere below the module's root.
func scriptWithPostgres() string {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	return filepath.Join(folder, "scripts", "with-postgres")
}

// Control runs pg_ctl with the server, for example "stop", "-m", "fast".
func (s *PostgresServer) Control(t testing.TB, args ...string) {
	t.Helper()
	command := append([]string{filepath.Join(s.programs, "pg_ctl"), "-D", s.data, "-o", "-p " + s.port, "-l", filepath.Join(s.data, "server.log"), "-w", "-s"}, args...)
	if os.Geteuid() == 0 { // it refuses to run as root
		command = append([]string{"runuser", "-u", "postgres", "--"}, command...)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = "/"
	if err := cmd.Run(); err != nil {
		t.Fatalf("pg_ctl %v: %v", args, err)
	}
}

// Dump writes the database to a file, as SQL.
func (s *PostgresServer) Dump(t testing.TB, path string) {
	t.Helper()
	if output, err := exec.Command(filepath.Join(s.programs, "pg_dump"), "--file", path, s.URL).CombinedOutput(); err != nil {
		t.Errorf("pg_dump: %v\n%s", err, output)
	}
}
