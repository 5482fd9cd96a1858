package store

import (
	"context"
	"time"
)

// The kinds of what can be a favourite.
const (
	FavouriteFeature = "feature"
	FavouriteProject = "project"
)

// Favourite is something that a person wants to find first.
type Favourite struct {
	Account int64
	Kind    string
	Name    string
}

// PutFavourite makes something a favourite, which it may be already.
func (tx *Tx) PutFavourite(f Favourite, at time.Time) error {
	_, err := tx.exec("put favourite", `insert into favourites (account, kind, name, created_at) values ($1, $2, $3, $4)
		on conflict (account, kind, name) do nothing`, f.Account, f.Kind, f.Name, stamp(at))
	return err
}

// DeleteFavourite makes something no favourite any more, which it need not have been.
func (tx *Tx) DeleteFavourite(f Favourite) error {
	_, err := tx.exec("delete favourite", `delete from favourites where account = $1 and kind = $2 and name = $3`, f.Account, f.Kind, f.Name)
	return err
}

// ForgetFavourites makes something nobody's favourite.
func (tx *Tx) ForgetFavourites(kind, name string) error {
	_, err := tx.exec("forget favourites", `delete from favourites where kind = $1 and name = $2`, kind, name)
	return err
}

// Favourites returns what a person has as favourites, by kind and name.
func (db *DB) Favourites(ctx context.Context, account int64) ([]Favourite, error) {
	return readAll(ctx, db, "read favourites", `select account, kind, name from favourites where account = $1 order by kind, name`,
		[]any{account}, func(scan func(...any) error) (f Favourite, err error) {
			err = scan(&f.Account, &f.Kind, &f.Name)
			return f, err
		})
}
