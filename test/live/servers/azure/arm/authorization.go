package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	authorization "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	authorizationfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2/fake"
)

// authorizationFakes wires Microsoft's fake of Microsoft.Authorization to the state.
func authorizationFakes(s *state) transport {
	return authorizationfake.NewServerFactoryTransport(&authorizationfake.ServerFactory{
		RoleDefinitionsServer:                  roleDefinitions(s),
		RoleAssignmentsServer:                  roleAssignments(s),
		DenyAssignmentsServer:                  denyAssignments(s),
		RoleEligibilityScheduleInstancesServer: eligibilities(s),
		ProviderOperationsMetadataServer:       providerOperations(s),
	})
}

func roleDefinitions(s *state) authorizationfake.RoleDefinitionsServer {
	type listOptions = authorization.RoleDefinitionsClientListOptions
	type listResponse = authorization.RoleDefinitionsClientListResponse
	type getResponse = authorization.RoleDefinitionsClientGetByIDResponse
	type putResponse = authorization.RoleDefinitionsClientCreateOrUpdateResponse
	return authorizationfake.RoleDefinitionsServer{
		NewListPager: func(scope string, o *listOptions) fake.PagerResponder[listResponse] {
			var filter *string
			if o != nil {
				filter = o.Filter
			}
			q, ok := readFilter(deref(filter))
			found := keep(s.RoleDefinitions, func(r *authorization.RoleDefinition) bool {
				return q.selectsRole(s, scope, r)
			})
			return onePage(ok, listResponse{RoleDefinitionListResult: authorization.RoleDefinitionListResult{Value: found}})
		},
		GetByID: func(_ context.Context, id string, _ *authorization.RoleDefinitionsClientGetByIDOptions) (fake.Responder[getResponse], fake.ErrorResponder) {
			name := id[strings.LastIndex(id, "/")+1:]
			for _, r := range s.RoleDefinitions {
				if strings.EqualFold(deref(r.Name), name) {
					return answer(http.StatusOK, getResponse{RoleDefinition: *r})
				}
			}
			return refuse[getResponse](http.StatusNotFound, "RoleDefinitionDoesNotExist")
		},
		CreateOrUpdate: func(_ context.Context, scope, name string, r authorization.RoleDefinition, _ *authorization.RoleDefinitionsClientCreateOrUpdateOptions) (fake.Responder[putResponse], fake.ErrorResponder) {
			if r.Properties == nil || deref(r.Properties.RoleName) == "" || len(r.Properties.AssignableScopes) == 0 {
				return refuse[putResponse](http.StatusBadRequest, "InvalidRoleDefinition")
			}
			for _, other := range s.RoleDefinitions {
				if strings.EqualFold(deref(other.Properties.RoleName), deref(r.Properties.RoleName)) && !strings.EqualFold(deref(other.Name), name) {
					return refuse[putResponse](http.StatusConflict, "RoleDefinitionWithSameNameExists")
				}
			}
			custom, kind := "CustomRole", "Microsoft.Authorization/roleDefinitions"
			id := "/" + strings.Trim(scope, "/") + "/providers/" + kind + "/" + name
			r.ID, r.Name, r.Type, r.Properties.RoleType = &id, &name, &kind, &custom
			others := keep(s.RoleDefinitions, func(o *authorization.RoleDefinition) bool { return !strings.EqualFold(deref(o.Name), name) })
			s.RoleDefinitions = append(others, &r)
			return answer(http.StatusCreated, putResponse{RoleDefinition: r})
		},
	}
}

// selectsRole: a list holds the roles that can be assigned at the scope, which are those whose assignable scopes
// lie at or above it; atScopeAndBelow() adds those that can be assigned only further below.
func (q query) selectsRole(s *state, scope string, r *authorization.RoleDefinition) bool {
	if q.roleName != "" && !strings.EqualFold(q.roleName, deref(r.Properties.RoleName)) {
		return false
	}
	if q.roleType != "" && !strings.EqualFold(q.roleType, deref(r.Properties.RoleType)) {
		return false
	}
	for _, assignable := range r.Properties.AssignableScopes {
		if s.covers(deref(assignable), scope) || (q.atScopeAndBelow && s.covers(scope, deref(assignable))) {
			return true
		}
	}
	return false
}

func roleAssignments(s *state) authorizationfake.RoleAssignmentsServer {
	type listOptions = authorization.RoleAssignmentsClientListForScopeOptions
	type listResponse = authorization.RoleAssignmentsClientListForScopeResponse
	type putResponse = authorization.RoleAssignmentsClientCreateResponse
	return authorizationfake.RoleAssignmentsServer{
		NewListForScopePager: func(scope string, o *listOptions) fake.PagerResponder[listResponse] {
			var filter *string
			if o != nil {
				filter = o.Filter
			}
			q, ok := readFilter(deref(filter))
			found := keep(s.RoleAssignments, func(a *authorization.RoleAssignment) bool {
				return s.selects(q, scope, deref(a.Properties.Scope), deref(a.Properties.PrincipalID))
			})
			return onePage(ok, listResponse{RoleAssignmentListResult: authorization.RoleAssignmentListResult{Value: found}})
		},
		Create: func(_ context.Context, scope, name string, in authorization.RoleAssignmentCreateParameters, _ *authorization.RoleAssignmentsClientCreateOptions) (fake.Responder[putResponse], fake.ErrorResponder) {
			if in.Properties == nil || deref(in.Properties.PrincipalID) == "" || deref(in.Properties.RoleDefinitionID) == "" {
				return refuse[putResponse](http.StatusBadRequest, "InvalidRoleAssignment")
			}
			for _, a := range s.RoleAssignments {
				if normal(deref(a.Properties.Scope)) == normal(scope) && sameGUID(deref(a.Properties.PrincipalID), deref(in.Properties.PrincipalID)) &&
					strings.EqualFold(deref(a.Properties.RoleDefinitionID), deref(in.Properties.RoleDefinitionID)) {
					return refuse[putResponse](http.StatusConflict, "RoleAssignmentExists")
				}
			}
			now, at, kind := time.Now().UTC(), "/"+strings.Trim(scope, "/"), "Microsoft.Authorization/roleAssignments"
			id := at + "/providers/" + kind + "/" + name
			in.Properties.Scope, in.Properties.CreatedOn, in.Properties.UpdatedOn = &at, &now, &now
			made := authorization.RoleAssignment{ID: &id, Name: &name, Type: &kind, Properties: in.Properties}
			s.RoleAssignments = append(s.RoleAssignments, &made)
			return answer(http.StatusCreated, putResponse{RoleAssignment: made})
		},
	}
}

func denyAssignments(s *state) authorizationfake.DenyAssignmentsServer {
	type listOptions = authorization.DenyAssignmentsClientListForScopeOptions
	type listResponse = authorization.DenyAssignmentsClientListForScopeResponse
	return authorizationfake.DenyAssignmentsServer{
		NewListForScopePager: func(scope string, o *listOptions) fake.PagerResponder[listResponse] {
			var filter *string
			if o != nil {
				filter = o.Filter
			}
			q, ok := readFilter(deref(filter))
			found := keep(s.DenyAssignments, func(d *authorization.DenyAssignment) bool {
				principals := []string{}
				for _, p := range d.Properties.Principals {
					principals = append(principals, deref(p.ID))
				}
				return s.selects(q, scope, deref(d.Properties.Scope), principals...)
			})
			return onePage(ok, listResponse{DenyAssignmentListResult: authorization.DenyAssignmentListResult{Value: found}})
		},
	}
}

func eligibilities(s *state) authorizationfake.RoleEligibilityScheduleInstancesServer {
	type listOptions = authorization.RoleEligibilityScheduleInstancesClientListForScopeOptions
	type listResponse = authorization.RoleEligibilityScheduleInstancesClientListForScopeResponse
	return authorizationfake.RoleEligibilityScheduleInstancesServer{
		NewListForScopePager: func(scope string, o *listOptions) fake.PagerResponder[listResponse] {
			var filter *string
			if o != nil {
				filter = o.Filter
			}
			q, ok := readFilter(deref(filter))
			found := keep(s.RoleEligibilityScheduleInstances, func(e *authorization.RoleEligibilityScheduleInstance) bool {
				return s.selects(q, scope, deref(e.Properties.Scope), deref(e.Properties.PrincipalID))
			})
			result := authorization.RoleEligibilityScheduleInstanceListResult{Value: found}
			return onePage(ok, listResponse{RoleEligibilityScheduleInstanceListResult: result})
		},
	}
}

func providerOperations(s *state) authorizationfake.ProviderOperationsMetadataServer {
	type listResponse = authorization.ProviderOperationsMetadataClientListResponse
	type getResponse = authorization.ProviderOperationsMetadataClientGetResponse
	return authorizationfake.ProviderOperationsMetadataServer{
		NewListPager: func(o *authorization.ProviderOperationsMetadataClientListOptions) fake.PagerResponder[listResponse] {
			shown := s.ProviderOperations
			if o == nil || !strings.EqualFold(deref(o.Expand), "resourceTypes") {
				// Without $expand the service leaves the operations of the resource types out.
				shown = []*authorization.ProviderOperationsMetadata{}
				for _, p := range s.ProviderOperations {
					bare := *p
					bare.ResourceTypes = nil
					shown = append(shown, &bare)
				}
			}
			return onePage(true, listResponse{ProviderOperationsMetadataListResult: authorization.ProviderOperationsMetadataListResult{Value: shown}})
		},
		Get: func(_ context.Context, namespace string, _ *authorization.ProviderOperationsMetadataClientGetOptions) (fake.Responder[getResponse], fake.ErrorResponder) {
			for _, p := range s.ProviderOperations {
				if strings.EqualFold(deref(p.Name), namespace) {
					return answer(http.StatusOK, getResponse{ProviderOperationsMetadata: *p})
				}
			}
			return refuse[getResponse](http.StatusNotFound, "ProviderNotFound")
		},
	}
}
