package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	containers "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	containersfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6/fake"
	keyvault "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	keyvaultfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/fake"
	resources "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	resourcesfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3/fake"
	subscriptions "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armsubscriptions"
	subscriptionsfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armsubscriptions/fake"
)

// The functions of these SDKs are not told the subscription of the path, so each fake is made for one.

func subscriptionFakes(s *state, tenant string) transport {
	type listResponse = subscriptions.ClientListResponse
	type getResponse = subscriptions.ClientGetResponse
	type tenantsResponse = subscriptions.TenantsClientListResponse
	return subscriptionsfake.NewServerFactoryTransport(&subscriptionsfake.ServerFactory{
		Server: subscriptionsfake.Server{
			NewListPager: func(*subscriptions.ClientListOptions) fake.PagerResponder[listResponse] {
				return onePage(true, listResponse{SubscriptionListResult: subscriptions.SubscriptionListResult{Value: s.Subscriptions}})
			},
			Get: func(_ context.Context, id string, _ *subscriptions.ClientGetOptions) (fake.Responder[getResponse], fake.ErrorResponder) {
				for _, x := range s.Subscriptions {
					if strings.EqualFold(deref(x.SubscriptionID), id) {
						return answer(http.StatusOK, getResponse{Subscription: *x})
					}
				}
				return refuse[getResponse](http.StatusNotFound, "SubscriptionNotFound")
			},
		},
		TenantsServer: subscriptionsfake.TenantsServer{
			NewListPager: func(*subscriptions.TenantsClientListOptions) fake.PagerResponder[tenantsResponse] {
				id := "/tenants/" + tenant
				only := []*subscriptions.TenantIDDescription{{ID: &id, TenantID: &tenant}}
				return onePage(true, tenantsResponse{TenantListResult: subscriptions.TenantListResult{Value: only}})
			},
		},
	})
}

var resourceTypeFilter = regexp.MustCompile(`(?i)^\s*resourceType\s+eq\s+'([^']+)'\s*$`)

func resourceFakes(s *state, scope string) transport {
	type groupsResponse = resources.ResourceGroupsClientListResponse
	type listResponse = resources.ClientListResponse
	return resourcesfake.NewServerFactoryTransport(&resourcesfake.ServerFactory{
		ResourceGroupsServer: resourcesfake.ResourceGroupsServer{
			NewListPager: func(*resources.ResourceGroupsClientListOptions) fake.PagerResponder[groupsResponse] {
				found := keep(s.ResourceGroups, func(g *resources.ResourceGroup) bool { return s.covers(scope, deref(g.ID)) })
				return onePage(true, groupsResponse{ResourceGroupListResult: resources.ResourceGroupListResult{Value: found}})
			},
		},
		Server: resourcesfake.Server{
			NewListPager: func(o *resources.ClientListOptions) fake.PagerResponder[listResponse] {
				kind := ""
				if o != nil && deref(o.Filter) != "" {
					m := resourceTypeFilter.FindStringSubmatch(deref(o.Filter))
					if m == nil {
						return onePage(false, listResponse{})
					}
					kind = m[1]
				}
				found := keep(s.Resources, func(r *resources.GenericResourceExpanded) bool {
					return s.covers(scope, deref(r.ID)) && (kind == "" || strings.EqualFold(kind, deref(r.Type)))
				})
				return onePage(true, listResponse{ResourceListResult: resources.ResourceListResult{Value: found}})
			},
		},
	})
}

func containerFakes(s *state, scope string) transport {
	type listResponse = containers.ManagedClustersClientListResponse
	return containersfake.NewServerFactoryTransport(&containersfake.ServerFactory{
		ManagedClustersServer: containersfake.ManagedClustersServer{
			NewListPager: func(*containers.ManagedClustersClientListOptions) fake.PagerResponder[listResponse] {
				found := keep(s.ManagedClusters, func(c *containers.ManagedCluster) bool { return s.covers(scope, deref(c.ID)) })
				return onePage(true, listResponse{ManagedClusterListResult: containers.ManagedClusterListResult{Value: found}})
			},
		},
	})
}

func vaultFakes(s *state, scope string) transport {
	type listResponse = keyvault.VaultsClientListBySubscriptionResponse
	return keyvaultfake.NewServerFactoryTransport(&keyvaultfake.ServerFactory{
		VaultsServer: keyvaultfake.VaultsServer{
			NewListBySubscriptionPager: func(*keyvault.VaultsClientListBySubscriptionOptions) fake.PagerResponder[listResponse] {
				found := keep(s.Vaults, func(v *keyvault.Vault) bool { return s.covers(scope, deref(v.ID)) })
				return onePage(true, listResponse{VaultListResult: keyvault.VaultListResult{Value: found}})
			},
		},
	})
}
