// The Resource Manager of the live tests: the fake servers of Microsoft's Azure SDK for Go (MIT) behind HTTPS
// on the loopback interface. Microsoft's code parses each path and query and marshals each body; this program
// adds what the fakes leave to their user: tokens, permissions, scopes, filters, paging, and faults on demand.
//
// It prints one line of JSON, {"port": N}, when it listens, and ends when its standard input closes, so that it
// never outlives the test run that started it.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("arm: ")
	certificate := flag.String("cert", "", "PEM file with the server's certificate")
	key := flag.String("key", "", "PEM file with its private key")
	keySet := flag.String("jwks", "", "JSON Web Key Set of the token authority")
	issuer := flag.String("issuer", "", "the issuer that tokens must name, e.g. https://localhost:1/TENANT/v2.0")
	tenant := flag.String("tenant", "", "the tenant's id")
	flag.Parse()

	pair, err := tls.LoadX509KeyPair(*certificate, *key)
	if err != nil {
		log.Fatalf("certificate: %v", err)
	}
	tokens, err := newVerifier(*keySet, *issuer)
	if err != nil {
		log.Fatalf("key set: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	front := newFront(tokens, *tenant, fmt.Sprintf("https://localhost:%d", port))

	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	ready, _ := json.Marshal(map[string]int{"port": port})
	fmt.Println(string(ready))
	server := &http.Server{
		Handler:   front,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	log.Fatal(server.ServeTLS(listener, "", ""))
}
