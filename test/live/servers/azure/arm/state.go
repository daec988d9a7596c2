package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	authorization "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	containers "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	keyvault "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	network "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v7"
	postgresql "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/postgresql/armpostgresqlflexibleservers"
	resources "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	subscriptions "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armsubscriptions"
	storage "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage"
)

// state is the world that the server shows: documents in Resource Manager's own shape, in Microsoft's models, and
// the few facts that live outside of it.
type state struct {
	// Groups: a group's object id → object ids of its direct members, groups among them.
	Groups map[string][]string `json:"groups"`
	// ManagementGroups: a subscription id → names of the management groups above it, the nearest first.
	ManagementGroups map[string][]string `json:"managementGroups"`
	// Callers: a caller's object id → what it may do. A caller that is not named may do everything.
	Callers map[string]allowance `json:"callers"`
	// Directory is what Microsoft Graph would tell about object ids; only az asks.
	Directory []directoryObject `json:"directory"`

	Subscriptions                    []*subscriptions.Subscription                    `json:"subscriptions"`
	ResourceGroups                   []*resources.ResourceGroup                       `json:"resourceGroups"`
	Resources                        []*resources.GenericResourceExpanded             `json:"resources"`
	RoleDefinitions                  []*authorization.RoleDefinition                  `json:"roleDefinitions"`
	RoleAssignments                  []*authorization.RoleAssignment                  `json:"roleAssignments"`
	DenyAssignments                  []*authorization.DenyAssignment                  `json:"denyAssignments"`
	RoleEligibilityScheduleInstances []*authorization.RoleEligibilityScheduleInstance `json:"roleEligibilityScheduleInstances"`
	ProviderOperations               []*authorization.ProviderOperationsMetadata      `json:"providerOperations"`
	ManagedClusters                  []*containers.ManagedCluster                     `json:"managedClusters"`
	Vaults                           []*keyvault.Vault                                `json:"vaults"`
	VirtualNetworks                  []*network.VirtualNetwork                        `json:"virtualNetworks"`
	StorageAccounts                  []*storage.Account                               `json:"storageAccounts"`
	BlobContainers                   []*storage.ListContainerItem                     `json:"blobContainers"`
	FlexibleServers                  []*postgresql.Server                             `json:"flexibleServers"`
}

// allowance says what a caller may do, as a role would: globs of actions, and those taken away.
type allowance struct {
	Actions    []string `json:"actions"`
	NotActions []string `json:"notActions"`
}

type directoryObject struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	// Type: user, group or servicePrincipal.
	Type  string `json:"type"`
	AppID string `json:"appId,omitempty"`
}

func (a allowance) allows(action string) bool {
	matches := func(pattern string) bool { return globMatch(strings.ToLower(pattern), strings.ToLower(action)) }
	return slices.ContainsFunc(a.Actions, matches) && !slices.ContainsFunc(a.NotActions, matches)
}

// globMatch: `*` stands for any text, the empty one included.
func globMatch(pattern, text string) bool {
	head, rest, starred := strings.Cut(pattern, "*")
	if !strings.HasPrefix(text, head) {
		return false
	}
	text = text[len(head):]
	if !starred {
		return text == ""
	}
	for {
		if globMatch(rest, text) {
			return true
		}
		if text == "" {
			return false
		}
		text = text[1:]
	}
}

// readState refuses a document with a field that Microsoft's model does not know: the field would be dropped
// without a word, and a test would then prove less than it says.
func readState(r io.Reader) (*state, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	s := &state{}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, err
	}
	back, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var given, kept any
	_ = json.Unmarshal(text, &given)
	_ = json.Unmarshal(back, &kept)
	if lost := lostFields("", given, kept); len(lost) > 0 {
		return nil, fmt.Errorf("not in Microsoft's models: %s", strings.Join(lost, ", "))
	}
	for _, r := range s.RoleDefinitions {
		if r.Properties == nil {
			return nil, fmt.Errorf("a role definition without properties")
		}
	}
	for _, a := range s.RoleAssignments {
		if a.Properties == nil {
			return nil, fmt.Errorf("a role assignment without properties")
		}
	}
	for _, d := range s.DenyAssignments {
		if d.Properties == nil {
			return nil, fmt.Errorf("a deny assignment without properties")
		}
	}
	for _, e := range s.RoleEligibilityScheduleInstances {
		if e.Properties == nil {
			return nil, fmt.Errorf("an eligibility without properties")
		}
	}
	return s, nil
}

// stamps are set by the service and left out of some models; no check reads them.
var stamps = []string{"createdOn", "createdBy", "updatedOn", "updatedBy"}

// lostFields lists the places of `given` that `kept` no longer holds. Null and absent are the same.
func lostFields(at string, given, kept any) []string {
	switch g := given.(type) {
	case nil:
		return nil
	case map[string]any:
		k, ok := kept.(map[string]any)
		if !ok {
			return []string{at}
		}
		lost := []string{}
		for name, value := range g {
			if slices.Contains(stamps, name) && k[name] == nil {
				continue
			}
			lost = append(lost, lostFields(at+"."+name, value, k[name])...)
		}
		sort.Strings(lost)
		return lost
	case []any:
		k, _ := kept.([]any)
		lost := []string{}
		for i, value := range g {
			var other any
			if i < len(k) {
				other = k[i]
			}
			lost = append(lost, lostFields(fmt.Sprintf("%s[%d]", at, i), value, other)...)
		}
		return lost
	default:
		if !reflect.DeepEqual(given, kept) && !sameInstant(given, kept) {
			return []string{at}
		}
		return nil
	}
}

func sameInstant(a, b any) bool {
	first, okFirst := a.(string)
	second, okSecond := b.(string)
	if !okFirst || !okSecond {
		return false
	}
	one, errOne := time.Parse(time.RFC3339Nano, first)
	two, errTwo := time.Parse(time.RFC3339Nano, second)
	return errOne == nil && errTwo == nil && one.Equal(two)
}

// deref reads a field of an SDK model, all of which are pointers.
func deref[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

func keep[T any](items []*T, wanted func(*T) bool) []*T {
	out := []*T{}
	for _, item := range items {
		if wanted(item) {
			out = append(out, item)
		}
	}
	return out
}
