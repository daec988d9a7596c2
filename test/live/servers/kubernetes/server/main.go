// A Kubernetes control plane for the live tests: etcd, kube-apiserver and kube-controller-manager, the upstream
// code unchanged, in one process on the loopback interface. There are no nodes; nothing runs. This program adds
// what a test needs around it: certificates for the run, free ports, and a compaction of etcd on demand, which is
// how a continue token expires.
//
// It prints one line of JSON when the API server is ready, roles are aggregated and service accounts are made:
// {"port": N}. Then it reads commands, a line each: "compact" answers {"revision": N}. It ends when its standard
// input closes, so that it never outlives the test run that started it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
	logsapi "k8s.io/component-base/logs/api/v1"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

// controllersInUse are the few that the tests need: they fill aggregated roles, make the default service accounts
// and empty a namespace that is deleted.
const controllersInUse = "clusterrole-aggregation-controller,namespace-controller,serviceaccount-controller"

type flags []string

func (f *flags) String() string     { return strings.Join(*f, " ") }
func (f *flags) Set(v string) error { *f = append(*f, v); return nil }

func main() {
	log.SetFlags(0)
	log.SetPrefix("kubernetes: ")
	folder := flag.String("folder", "", "an existing folder for everything that is written")
	tokens := flag.String("tokens", "", "file of static tokens: token,user,uid,\"group,group\"")
	also := flag.String("controllers", "", "more controllers than the tests of roles need, by comma")
	var more flags
	flag.Var(&more, "apiserver", "one more flag of kube-apiserver, as --name=value; repeatable")
	flag.Parse()
	if *folder == "" || *tokens == "" {
		log.Fatal("expected -folder and -tokens")
	}
	in := func(name string) string { return filepath.Join(*folder, name) }

	if err := makeCertificates(*folder); err != nil {
		log.Fatalf("certificates: %v", err)
	}
	ports, err := freePorts(3)
	if err != nil {
		log.Fatalf("free ports: %v", err)
	}
	store, err := startEtcd(in("etcd"), ports[0], ports[1])
	if err != nil {
		log.Fatalf("etcd: %v", err)
	}

	// both commands set up logging, of which one process allows only one set-up
	logsapi.ReapplyHandling = logsapi.ReapplyHandlingIgnoreUnchanged
	address := fmt.Sprintf("https://127.0.0.1:%d", ports[2])
	go run("kube-apiserver", apiserver.NewAPIServerCommand(), append([]string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", ports[0]),
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", ports[2]),
		"--endpoint-reconciler-type=none", "--cert-dir=" + *folder,
		"--tls-cert-file=" + in("server.pem"), "--tls-private-key-file=" + in("server.key"),
		"--client-ca-file=" + in("ca.pem"), "--token-auth-file=" + *tokens,
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + in("accounts.key"), "--service-account-signing-key-file=" + in("accounts.key"),
		"--service-cluster-ip-range=10.0.0.0/24",
	}, more...))
	api := newClient(address, in("ca.pem"), in("admin.pem"), in("admin.key"))
	api.wait("the API server", "/readyz", "ok")
	if err := writeKubeconfig(in("controllers.json"), address, *folder); err != nil {
		log.Fatal(err)
	}
	go run("kube-controller-manager", controllers.NewControllerManagerCommand(), []string{
		"--kubeconfig=" + in("controllers.json"), "--leader-elect=false", "--secure-port=0",
		"--service-account-private-key-file=" + in("accounts.key"), "--root-ca-file=" + in("ca.pem"),
		"--controllers=" + strings.Trim(controllersInUse+","+*also, ","), "--controller-start-interval=0s",
	})
	api.wait("aggregated roles", "/apis/rbac.authorization.k8s.io/v1/clusterroles/view", `"verbs"`)
	api.wait("service accounts", "/api/v1/namespaces/default/serviceaccounts/default", `"uid"`)

	say(map[string]any{"port": ports[2]})
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		switch commands.Text() {
		case "compact":
			revision := store.Server.KV().Rev()
			if _, err := store.Server.Compact(context.Background(), &pb.CompactionRequest{Revision: revision, Physical: true}); err != nil {
				log.Fatalf("compact: %v", err)
			}
			say(map[string]any{"revision": revision})
		default:
			log.Fatalf("unknown command %q", commands.Text())
		}
	}
	os.Exit(0)
}

func startEtcd(folder string, client, peer int) (*embed.Etcd, error) {
	config := embed.NewConfig()
	config.Dir = folder
	config.LogLevel = "error"
	config.UnsafeNoFsync = true // nothing here has to survive
	here := func(port int) []url.URL { return []url.URL{{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}} }
	config.ListenClientUrls, config.AdvertiseClientUrls = here(client), here(client)
	config.ListenPeerUrls, config.AdvertisePeerUrls = here(peer), here(peer)
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	store, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	<-store.Server.ReadyNotify()
	return store, nil
}

func run(name string, command *cobra.Command, args []string) {
	command.SetArgs(args)
	command.SilenceUsage = true
	err := command.ExecuteContext(context.Background())
	log.Fatalf("%s ended: %v", name, err)
}

// freePorts finds ports that nobody listens on. Kubernetes and etcd take a number, not a listener.
func freePorts(count int) ([]int, error) {
	ports := make([]int, 0, count)
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close() // not before all are found, so that they differ
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func say(value any) {
	line, _ := json.Marshal(value)
	fmt.Println(string(line))
}
