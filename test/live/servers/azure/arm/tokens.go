package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// caller is who a valid token speaks for.
type caller struct {
	objectID string
	appID    string
	audience string
}

// verifier checks tokens as Resource Manager does: signature, issuer, expiry.
type verifier struct {
	issuer string
	keys   map[string]*rsa.PublicKey
}

func newVerifier(file, issuer string) (*verifier, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []struct{ Kid, N, E string }
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, err
	}
	v := &verifier{issuer: issuer, keys: map[string]*rsa.PublicKey{}}
	for _, k := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		if errN != nil || errE != nil || len(n) == 0 || len(e) == 0 {
			return nil, fmt.Errorf("key %q is not an RSA key", k.Kid)
		}
		v.keys[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	}
	if len(v.keys) == 0 {
		return nil, fmt.Errorf("%s holds no key", file)
	}
	return v, nil
}

// check returns the caller, or the sentence that says what is wrong with the token.
func (v *verifier) check(r *http.Request) (caller, string) {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	parts := strings.Split(token, ".")
	if !found || len(parts) != 3 {
		return caller{}, "The 'Authorization' header is missing or holds no bearer token."
	}
	var header struct{ Alg, Kid string }
	var claims struct {
		Iss, Aud, Oid, Appid string
		Exp, Nbf             float64
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || decode(parts[0], &header) != nil || decode(parts[1], &claims) != nil {
		return caller{}, "The access token is malformed."
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	key := v.keys[header.Kid]
	if key == nil || header.Alg != "RS256" || rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) != nil {
		return caller{}, "The access token's signature is not valid."
	}
	if claims.Iss != v.issuer {
		return caller{}, "The access token comes from the wrong issuer '" + claims.Iss + "'."
	}
	if int64(claims.Exp) < time.Now().Unix() {
		return caller{}, "The access token has expired."
	}
	return caller{objectID: claims.Oid, appID: claims.Appid, audience: strings.TrimSuffix(claims.Aud, "/")}, ""
}

// mayAddress tells whether a token for that audience is meant for Resource Manager.
func (c caller) mayAddress(origin string) bool {
	return slices.Contains([]string{origin, "https://management.azure.com", "https://management.core.windows.net"}, c.audience)
}

func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
