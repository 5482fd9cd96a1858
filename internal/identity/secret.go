package identity

import (
	"context"
	"fmt"
	"strconv"

	"github.com/quorate/quorate/internal/store"
)

// TokenSecrets returns the secrets of API tokens by the tokens' ids, as far as they are
// kept: tools find their token by them.
func (i *Identity) TokenSecrets(ctx context.Context) (map[int64]string, error) {
	boxes, err := i.db.Sealed(ctx, store.APITokens)
	if err != nil {
		return nil, fmt.Errorf("identity: token secrets: %w", err)
	}
	secrets := make(map[int64]string, len(boxes))
	for id, box := range boxes {
		token, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("identity: token secrets: %w", err)
		}
		secret, err := i.keyring.Open(store.APITokens, id, box)
		if err != nil {
			return nil, err
		}
		secrets[token] = string(secret)
	}
	return secrets, nil
}
