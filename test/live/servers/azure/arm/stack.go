package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	network "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v7"
	networkfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v7/fake"
	postgresql "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/postgresql/armpostgresqlflexibleservers"
	storage "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage"
	storagefake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/fake"
)

func networkFakes(s *state, scope string) transport {
	type listResponse = network.VirtualNetworksClientListAllResponse
	return networkfake.NewServerFactoryTransport(&networkfake.ServerFactory{
		VirtualNetworksServer: networkfake.VirtualNetworksServer{
			NewListAllPager: func(*network.VirtualNetworksClientListAllOptions) fake.PagerResponder[listResponse] {
				found := keep(s.VirtualNetworks, func(n *network.VirtualNetwork) bool { return s.covers(scope, deref(n.ID)) })
				return onePage(true, listResponse{VirtualNetworkListResult: network.VirtualNetworkListResult{Value: found}})
			},
		},
	})
}

func storageFakes(s *state, scope string) transport {
	type listResponse = storage.AccountsClientListResponse
	type containersResponse = storage.BlobContainersClientListResponse
	return storagefake.NewServerFactoryTransport(&storagefake.ServerFactory{
		AccountsServer: storagefake.AccountsServer{
			NewListPager: func(*storage.AccountsClientListOptions) fake.PagerResponder[listResponse] {
				found := keep(s.StorageAccounts, func(a *storage.Account) bool { return s.covers(scope, deref(a.ID)) })
				return onePage(true, listResponse{AccountListResult: storage.AccountListResult{Value: found}})
			},
		},
		BlobContainersServer: storagefake.BlobContainersServer{
			NewListPager: func(group, account string, _ *storage.BlobContainersClientListOptions) fake.PagerResponder[containersResponse] {
				of := strings.ToLower(scope + "/resourceGroups/" + group + "/providers/Microsoft.Storage/storageAccounts/" + account + "/")
				found := keep(s.BlobContainers, func(c *storage.ListContainerItem) bool {
					return strings.HasPrefix(strings.ToLower(deref(c.ID)), of)
				})
				return onePage(true, containersResponse{ListContainerItems: storage.ListContainerItems{Value: found}})
			},
		},
	})
}

// databaseFakes: Microsoft publishes the models of this service and no fake, so the list around them is ours.
type databaseFakes struct {
	s     *state
	scope string
}

func (d databaseFakes) Do(request *http.Request) (*http.Response, error) {
	found := keep(d.s.FlexibleServers, func(x *postgresql.Server) bool { return d.s.covers(d.scope, deref(x.ID)) })
	body, err := json.Marshal(postgresql.ServerListResult{Value: found})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status:     "200 OK",
		StatusCode: http.StatusOK,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:       io.NopCloser(bytes.NewReader(body)),
		Request:    request,
	}, nil
}
