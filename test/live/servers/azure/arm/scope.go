package main

import (
	"regexp"
	"slices"
	"strings"
)

// normal brings a scope to one form: lower case, no slash at either end. The root is the empty string.
func normal(scope string) string { return strings.ToLower(strings.Trim(scope, "/")) }

const managementGroupPrefix = "providers/microsoft.management/managementgroups/"

// covers tells whether `outer` is at or above `inner`. Scopes are compared by segment, case-insensitively; where
// management groups stand is the state's to say.
func (s *state) covers(outer, inner string) bool {
	outer, inner = normal(outer), normal(inner)
	if outer == "" || outer == inner || strings.HasPrefix(inner, outer+"/") {
		return true
	}
	group, isGroup := strings.CutPrefix(outer, managementGroupPrefix)
	if !isGroup {
		return false
	}
	for subscription, above := range s.ManagementGroups {
		position := slices.IndexFunc(above, func(name string) bool { return strings.EqualFold(name, group) })
		if position < 0 {
			continue
		}
		root := "subscriptions/" + strings.ToLower(subscription)
		if inner == root || strings.HasPrefix(inner, root+"/") {
			return true
		}
		below := func(name string) bool { return inner == managementGroupPrefix+strings.ToLower(name) }
		if slices.ContainsFunc(above[:position], below) {
			return true
		}
	}
	return false
}

// query is what a $filter of the authorization lists asks for.
type query struct {
	atScope         bool
	atScopeAndBelow bool
	principal       string
	assignedTo      string
	roleName        string
	roleType        string
}

var filterTerms = regexp.MustCompile(`(?i)^\s*(?:(atScope|atScopeAndBelow)\(\)|(assignedTo)\('([^']*)'\)|(principalId|roleName|type)\s+eq\s+'([^']*)')\s*$`)

// readFilter understands the terms that Microsoft documents for these lists, joined with "and"; anything else is
// refused, since an ignored filter would answer more than was asked for.
func readFilter(text string) (q query, ok bool) {
	if text == "" {
		return q, true
	}
	for _, term := range regexp.MustCompile(`(?i)\s+and\s+`).Split(text, -1) {
		m := filterTerms.FindStringSubmatch(term)
		if m == nil {
			return q, false
		}
		switch strings.ToLower(m[1] + m[2] + m[4]) {
		case "atscope":
			q.atScope = true
		case "atscopeandbelow":
			q.atScopeAndBelow = true
		case "assignedto":
			q.assignedTo = m[3]
		case "principalid":
			q.principal = m[5]
		case "rolename":
			q.roleName = m[5]
		case "type":
			q.roleType = m[5]
		}
	}
	// The service does not take these two together.
	return q, !(q.atScope && q.principal != "")
}

// selects says whether a list at `scope` holds a thing that sits at `itemScope` and is about these principals.
// Without a filter a list holds what is at, above and below the scope; atScope() leaves out what is below;
// principalId means that principal; assignedTo() that principal and the groups that it is in.
func (s *state) selects(q query, scope, itemScope string, principals ...string) bool {
	above, below := s.covers(itemScope, scope), s.covers(scope, itemScope)
	if !above && (q.atScope || !below) {
		return false
	}
	wanted := []string{}
	if q.principal != "" {
		wanted = append(wanted, q.principal)
	}
	if q.assignedTo != "" {
		wanted = append(wanted, s.withGroups(q.assignedTo)...)
	}
	if len(wanted) == 0 {
		return true
	}
	return slices.ContainsFunc(principals, func(p string) bool {
		return slices.ContainsFunc(wanted, func(w string) bool { return sameGUID(w, p) })
	})
}

// withGroups returns the principal and every group that it is in, through any number of groups.
func (s *state) withGroups(principal string) []string {
	found := []string{principal}
	for i := 0; i < len(found); i++ {
		for group, members := range s.Groups {
			holds := slices.ContainsFunc(members, func(m string) bool { return sameGUID(m, found[i]) })
			known := slices.ContainsFunc(found, func(k string) bool { return sameGUID(k, group) })
			if holds && !known {
				found = append(found, group)
			}
		}
	}
	return found
}

// sameGUID: deny assignments name principals without hyphens.
func sameGUID(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "-", ""), strings.ReplaceAll(b, "-", ""))
}
