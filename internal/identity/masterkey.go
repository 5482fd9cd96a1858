package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quorate/quorate/internal/store"
)

// KeyFile is the name of the file in the data folder that holds the master key, as
// base64 text.
const KeyFile = "secret.key"

// LoadKeyring returns the keyring of a node. The master key is the given text, if
// there is one, else the content of KeyFile in the data folder, which is made with
// a random key, for its owner's eyes only, if it does not exist.
func LoadKeyring(folder, text string) (*Keyring, error) {
	source := "the secret key given in the settings"
	if text == "" {
		path := filepath.Join(folder, KeyFile)
		source = path
		var err error
		if text, err = readOrMakeKeyFile(path); err != nil {
			return nil, fmt.Errorf("identity: secret key: %w", err)
		}
	}
	master, err := ParseMaster(text)
	if err != nil {
		return nil, fmt.Errorf("identity: %s: %w", source, err)
	}
	return NewKeyring(master)
}

func readOrMakeKeyFile(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(content), err
	}
	text := FormatMaster(NewMaster()) + "\n"
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(text)
	// A key that is lost in a power cut would make every token worthless.
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", err
	}
	return text, nil
}

// checkName is where the database keeps the check value of its master key.
const checkName = "key-check"

// ErrWrongKey says that the database was first used with another master key.
var ErrWrongKey = errors.New("this database was first used with another secret key, by which all its tokens are known. " +
	"Give this node the same one: copy " + KeyFile + " from the data folder of a node that works, or set QUORATE_SECRET_KEY to its content")

// Check makes sure that the database belongs to the keyring, and makes it so if it
// is new. The error is ErrWrongKey if it belongs to another.
func (k *Keyring) Check(ctx context.Context, db *store.DB) error {
	err := db.WithLock(ctx, func(ctx context.Context) error {
		switch stored, err := db.Meta(ctx, checkName); {
		case errors.Is(err, store.ErrNotFound):
			return db.Update(ctx, func(tx *store.Tx) error { return tx.PutMeta(checkName, k.check) })
		case err != nil:
			return err
		case subtle.ConstantTimeCompare([]byte(stored), []byte(k.check)) == 0:
			return ErrWrongKey
		default:
			return nil
		}
	})
	if err != nil {
		return fmt.Errorf("identity: check the secret key: %w", err)
	}
	return nil
}
