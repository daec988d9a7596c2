package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// client reads from the API server as its administrator.
type client struct {
	address string
	http    *http.Client
}

func newClient(address, ca, certificate, key string) *client {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		log.Fatalf("certificate: %v", err)
	}
	authority, err := os.ReadFile(ca)
	if err != nil {
		log.Fatalf("certificate authority: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	settings := &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots, MinVersion: tls.VersionTLS12}
	return &client{address, &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{TLSClientConfig: settings}}}
}

// wait returns when the path answers 200 with that text in it, and ends the program when it never does.
func (c *client) wait(what, path, text string) {
	for range 600 {
		if answer, err := c.http.Get(c.address + path); err == nil {
			body, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK && strings.Contains(string(body), text) {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	log.Fatalf("no %s within 60 s", what)
}

// writeKubeconfig writes how the controllers connect. JSON is YAML.
func writeKubeconfig(file, address, folder string) error {
	in := func(name string) string { return filepath.Join(folder, name) }
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1",
		"kind":       "Config",
		"clusters": []any{map[string]any{
			"name":    "live",
			"cluster": map[string]any{"server": address, "certificate-authority": in("ca.pem")},
		}},
		"users": []any{map[string]any{
			"name": "admin",
			"user": map[string]any{"client-certificate": in("admin.pem"), "client-key": in("admin.key")},
		}},
		"contexts": []any{map[string]any{
			"name":    "live",
			"context": map[string]any{"cluster": "live", "user": "admin"},
		}},
		"current-context": "live",
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}
