package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// makeCertificates writes PEM files that are good for two days: ca.pem; server.pem with server.key for localhost;
// admin.pem with admin.key, of the group that may do everything; accounts.key, which signs service accounts' tokens.
func makeCertificates(folder string) error {
	caKey, err := newKey(folder, "")
	if err != nil {
		return err
	}
	ca := template(1, pkix.Name{CommonName: "chalk-audit live tests"})
	ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
	if err := sign(folder, "ca", ca, ca, caKey, caKey); err != nil {
		return err
	}
	server := template(2, pkix.Name{CommonName: "kube-apiserver"})
	server.DNSNames, server.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 0, 0, 1)}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	admin := template(3, pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}})
	admin.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	for name, leaf := range map[string]*x509.Certificate{"server": server, "admin": admin} {
		key, err := newKey(folder, name)
		if err != nil {
			return err
		}
		if err := sign(folder, name, leaf, ca, key, caKey); err != nil {
			return err
		}
	}
	_, err = newKey(folder, "accounts")
	return err
}

func template(serial int64, subject pkix.Name) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(48 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

// newKey makes a key and, unless the name is empty, writes it.
func newKey(folder, name string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil || name == "" {
		return key, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, write(folder, name+".key", "EC PRIVATE KEY", der)
}

func sign(folder, name string, leaf, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) error {
	der, err := x509.CreateCertificate(rand.Reader, leaf, parent, key.Public(), parentKey)
	if err != nil {
		return err
	}
	return write(folder, name+".pem", "CERTIFICATE", der)
}

func write(folder, name, kind string, der []byte) error {
	return os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
