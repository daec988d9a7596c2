package main

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
)

// transport is what every fake of the SDK offers: a request in, its answer out.
type transport interface {
	Do(*http.Request) (*http.Response, error)
}

// route joins a path of Resource Manager to the SDK operation that stands for it.
type route struct {
	method string
	// template is the path as the SDK spells it; the fakes are particular about case, the service is not.
	template string
	pattern  *regexp.Regexp
	// action is the permission that the operation needs, by Microsoft's list of resource provider operations.
	// Empty: everybody signed in may call it.
	action string
	// operation is the SDK's name for it, by which a fake finds the function to call.
	operation string
	fakes     func(f *front, values map[string]string) transport
}

const (
	inSubscription = "/subscriptions/{subscriptionId}"
	authProvider   = "{scope}/providers/Microsoft.Authorization/"
)

var routes = []route{
	read("/tenants", "", "TenantsClient.NewListPager", ofSubscriptions),
	read("/subscriptions", "", "Client.NewListPager", ofSubscriptions),
	read(inSubscription, "Microsoft.Resources/subscriptions/read", "Client.Get", ofSubscriptions),
	read(inSubscription+"/resourcegroups", "Microsoft.Resources/subscriptions/resourceGroups/read", "ResourceGroupsClient.NewListPager", ofResources),
	read(inSubscription+"/resources", "Microsoft.Resources/subscriptions/resources/read", "Client.NewListPager", ofResources),
	read(inSubscription+"/providers/Microsoft.ContainerService/managedClusters", "Microsoft.ContainerService/managedClusters/read", "ManagedClustersClient.NewListPager", ofContainers),
	read(inSubscription+"/providers/Microsoft.KeyVault/vaults", "Microsoft.KeyVault/vaults/read", "VaultsClient.NewListBySubscriptionPager", ofVaults),
	read(inSubscription+"/providers/Microsoft.Network/virtualNetworks", "Microsoft.Network/virtualNetworks/read", "VirtualNetworksClient.NewListAllPager", ofNetworks),
	read(inSubscription+"/providers/Microsoft.Storage/storageAccounts", "Microsoft.Storage/storageAccounts/read", "AccountsClient.NewListPager", ofStorage),
	read(inSubscription+"/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers", "Microsoft.Storage/storageAccounts/blobServices/containers/read", "BlobContainersClient.NewListPager", ofStorage),
	read(inSubscription+"/providers/Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.DBforPostgreSQL/flexibleServers/read", "ServersClient.NewListPager", ofDatabases),
	read("/providers/Microsoft.Authorization/providerOperations", "Microsoft.Authorization/providerOperations/read", "ProviderOperationsMetadataClient.NewListPager", ofAuthorization),
	read("/providers/Microsoft.Authorization/providerOperations/{resourceProviderNamespace}", "Microsoft.Authorization/providerOperations/read", "ProviderOperationsMetadataClient.Get", ofAuthorization),
	read(authProvider+"roleDefinitions", "Microsoft.Authorization/roleDefinitions/read", "RoleDefinitionsClient.NewListPager", ofAuthorization),
	read(authProvider+"roleDefinitions/{name}", "Microsoft.Authorization/roleDefinitions/read", "RoleDefinitionsClient.GetByID", ofAuthorization),
	read(authProvider+"roleAssignments", "Microsoft.Authorization/roleAssignments/read", "RoleAssignmentsClient.NewListForScopePager", ofAuthorization),
	read(authProvider+"denyAssignments", "Microsoft.Authorization/denyAssignments/read", "DenyAssignmentsClient.NewListForScopePager", ofAuthorization),
	read(authProvider+"roleEligibilityScheduleInstances", "Microsoft.Authorization/roleEligibilityScheduleInstances/read", "RoleEligibilityScheduleInstancesClient.NewListForScopePager", ofAuthorization),
	write(authProvider+"roleDefinitions/{name}", "Microsoft.Authorization/roleDefinitions/write", "RoleDefinitionsClient.CreateOrUpdate", ofAuthorization),
	write(authProvider+"roleAssignments/{name}", "Microsoft.Authorization/roleAssignments/write", "RoleAssignmentsClient.Create", ofAuthorization),
}

func read(template, action, operation string, fakes func(*front, map[string]string) transport) route {
	return route{http.MethodGet, template, patternOf(template), action, operation, fakes}
}

// write: the service answers PUT from any client; the tests use it to let az build a world.
func write(template, action, operation string, fakes func(*front, map[string]string) transport) route {
	return route{http.MethodPut, template, patternOf(template), action, operation, fakes}
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func patternOf(template string) *regexp.Regexp {
	expression := placeholder.ReplaceAllStringFunc(template, func(p string) string {
		if p == "{scope}" {
			return `(?P<scope>(?:/[^/]+)*)`
		}
		return `(?P<` + p[1:len(p)-1] + `>[^/]+)`
	})
	return regexp.MustCompile(`(?i)^` + expression + `/?$`)
}

// find returns the route of a request, the values in its path, and the path as the SDK spells it.
func find(method, path string) (found *route, values map[string]string, spelt string) {
	for i := range routes {
		r := &routes[i]
		m := r.pattern.FindStringSubmatch(path)
		if m == nil || r.method != method {
			continue
		}
		values = map[string]string{}
		for j, name := range r.pattern.SubexpNames() {
			if name != "" {
				values[name] = m[j]
			}
		}
		spelt = placeholder.ReplaceAllStringFunc(r.template, func(p string) string { return values[p[1:len(p)-1]] })
		return r, values, spelt
	}
	return nil, nil, ""
}

func ofAuthorization(f *front, _ map[string]string) transport { return authorizationFakes(f.state) }
func ofSubscriptions(f *front, _ map[string]string) transport {
	return subscriptionFakes(f.state, f.tenant)
}
func ofResources(f *front, v map[string]string) transport {
	return resourceFakes(f.state, "/subscriptions/"+v["subscriptionId"])
}
func ofContainers(f *front, v map[string]string) transport {
	return containerFakes(f.state, "/subscriptions/"+v["subscriptionId"])
}
func ofNetworks(f *front, v map[string]string) transport {
	return networkFakes(f.state, "/subscriptions/"+v["subscriptionId"])
}
func ofStorage(f *front, v map[string]string) transport {
	return storageFakes(f.state, "/subscriptions/"+v["subscriptionId"])
}
func ofDatabases(f *front, v map[string]string) transport {
	return databaseFakes{f.state, "/subscriptions/" + v["subscriptionId"]}
}
func ofVaults(f *front, v map[string]string) transport {
	return vaultFakes(f.state, "/subscriptions/"+v["subscriptionId"])
}

// scopeOf is what a refusal names: everything before the provider, or the subscription.
func scopeOf(path string) string {
	lower := strings.ToLower(path)
	if at := strings.LastIndex(lower, "/providers/"); at >= 0 {
		return path[:at]
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) > 2 {
		parts = parts[:2]
	}
	return "/" + strings.Join(parts, "/")
}

// onePage hands the whole list over at once; the front cuts it into pages, so that its links can look like the
// service's. A filter that was not understood is an error of the client's.
func onePage[T any](understood bool, page T) (p fake.PagerResponder[T]) {
	if understood {
		p.AddPage(http.StatusOK, page, nil)
	} else {
		p.AddResponseError(http.StatusBadRequest, "InvalidFilter")
	}
	return p
}

func answer[T any](status int, value T) (r fake.Responder[T], e fake.ErrorResponder) {
	r.SetResponse(status, value, nil)
	return r, e
}

func refuse[T any](status int, code string) (r fake.Responder[T], e fake.ErrorResponder) {
	e.SetResponseError(status, code)
	return r, e
}
