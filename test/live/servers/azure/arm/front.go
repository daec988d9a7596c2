package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// front is the server: it decides who may ask, and lets Microsoft's fakes answer.
type front struct {
	tokens   *verifier
	tenant   string
	origin   string
	requests atomic.Int64

	mu     sync.Mutex
	state  *state
	size   int
	faults []*fault
	log    []logged
}

// logged is one request as it came, admin requests left out.
type logged struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query"`
	// Caller is the object id of a valid token's subject.
	Caller string `json:"caller,omitempty"`
	// Operation is the SDK's name of what was asked for; empty when nothing here answers to the path.
	Operation string `json:"operation,omitempty"`
	// Action is the permission that it needs.
	Action string `json:"action,omitempty"`
}

func newFront(tokens *verifier, tenant, origin string) *front {
	return &front{tokens: tokens, tenant: tenant, origin: origin, state: &state{}, size: 100}
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, adminPrefix) {
		f.admin(w, r)
		return
	}
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", f.requests.Add(1))
	w.Header().Set("x-ms-request-id", id)
	w.Header().Set("x-ms-correlation-request-id", id)
	w.Header().Set("Cache-Control", "no-cache")

	// Resource Manager does not mind a doubled slash, and the SDKs put one before a scope.
	r.URL.Path = "/" + strings.TrimLeft(r.URL.Path, "/")
	who, complaint := f.tokens.check(r)
	found, values, spelt := find(r.Method, r.URL.Path)
	bend := f.record(r, who, found)
	if bend != nil && bend.strike(w, r) {
		return
	}
	switch {
	case r.URL.Path == "/metadata/endpoints":
		f.metadata(w, r)
		return
	case complaint != "" || who.objectID == "":
		w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="`+strings.TrimSuffix(f.tokens.issuer, "/v2.0")+`", error="invalid_token"`)
		writeError(w, http.StatusUnauthorized, "AuthenticationFailed", "Authentication failed. "+complaint)
		return
	case strings.HasPrefix(r.URL.Path, "/v1.0/"):
		f.directory(w, r)
		return
	case !who.mayAddress(f.origin):
		writeError(w, http.StatusUnauthorized, "InvalidAuthenticationTokenAudience", "The access token was issued for another audience: '"+who.audience+"'.")
		return
	case found == nil:
		writeError(w, http.StatusNotFound, "InvalidResourceType", "Nothing here answers to "+r.Method+" "+r.URL.Path+".")
		return
	}
	if refused := f.refusal(r, who, found, values); refused != nil {
		writeError(w, refused.status, refused.code, refused.message)
		return
	}
	status, body := f.ask(r, found, values, spelt)
	f.page(w, r, status, body, bend)
}

// record writes the request down and picks the fault that meets it.
func (f *front) record(r *http.Request, who caller, found *route) *fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	entry := logged{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Caller: who.objectID}
	if found != nil {
		entry.Operation, entry.Action = found.operation, found.action
	}
	f.log = append(f.log, entry)
	for _, candidate := range f.faults {
		if candidate.meets(r.URL.Path + "?" + r.URL.RawQuery) {
			return candidate
		}
	}
	return nil
}

type refused struct {
	status        int
	code, message string
}

var apiVersion = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(-preview)?$`)

// refusal says why Resource Manager would not even look, in its own words.
func (f *front) refusal(r *http.Request, who caller, found *route, values map[string]string) *refused {
	f.mu.Lock()
	defer f.mu.Unlock()
	version := r.URL.Query().Get("api-version")
	if version == "" {
		return &refused{http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests."}
	}
	if !apiVersion.MatchString(version) {
		return &refused{http.StatusBadRequest, "InvalidApiVersionParameter", "The api-version '" + version + "' is invalid."}
	}
	subscription := values["subscriptionId"]
	if parts := strings.Split(strings.Trim(values["scope"], "/"), "/"); len(parts) > 1 && strings.EqualFold(parts[0], "subscriptions") {
		subscription = parts[1]
	}
	if subscription != "" && !f.knows(subscription) {
		return &refused{http.StatusNotFound, "SubscriptionNotFound", "The subscription '" + subscription + "' could not be found."}
	}
	if allowance, limited := f.state.Callers[who.objectID]; limited && found.action != "" && !allowance.allows(found.action) {
		return &refused{http.StatusForbidden, "AuthorizationFailed", fmt.Sprintf(
			"The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.",
			who.appID, who.objectID, found.action, scopeOf(r.URL.Path))}
	}
	return nil
}

func (f *front) knows(subscription string) bool {
	for _, s := range f.state.Subscriptions {
		if strings.EqualFold(deref(s.SubscriptionID), subscription) {
			return true
		}
	}
	return false
}

// ask lets the SDK's fake parse the request and make the answer.
func (f *front) ask(r *http.Request, found *route, values map[string]string, spelt string) (int, []byte) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return http.StatusBadRequest, errorBody("InvalidRequestContent", err.Error())
	}
	query := r.URL.Query()
	query.Del("$skiptoken")
	address := url.URL{Scheme: "https", Host: r.Host, Path: spelt, RawQuery: query.Encode()}
	ctx := context.WithValue(r.Context(), runtime.CtxAPINameKey{}, found.operation)
	request, err := http.NewRequestWithContext(ctx, r.Method, address.String(), bytes.NewReader(body))
	if err != nil {
		return http.StatusBadRequest, errorBody("InvalidRequestContent", err.Error())
	}
	request.Header.Set("Content-Type", "application/json")

	response, err := f.do(request, found, values)
	var refusal *azcore.ResponseError
	if errors.As(err, &refusal) {
		return refusal.StatusCode, errorBody(refusal.ErrorCode, "The request was refused: "+refusal.ErrorCode+".")
	}
	if err != nil {
		return http.StatusBadRequest, errorBody("InvalidRequestContent", err.Error())
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return http.StatusInternalServerError, errorBody("InternalServerError", err.Error())
	}
	return response.StatusCode, text
}

func (f *front) do(request *http.Request, found *route, values map[string]string) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return found.fakes(f, values).Do(request)
}

// page cuts a list as the service does: a part of `value`, and a link that holds the place to go on from.
func (f *front) page(w http.ResponseWriter, r *http.Request, status int, body []byte, bend *fault) {
	var list map[string]json.RawMessage
	var value []json.RawMessage
	if status == http.StatusOK && json.Unmarshal(body, &list) == nil && json.Unmarshal(list["value"], &value) == nil && r.Method == http.MethodGet {
		from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("$skiptoken"), "from-"))
		from = max(0, min(from, len(value)))
		f.mu.Lock()
		to := min(from+f.size, len(value))
		f.mu.Unlock()
		next := to
		looping := bend != nil && bend.Kind == "loop"
		if looping {
			next = from
		}
		if next < len(value) || looping {
			query := r.URL.Query()
			query.Set("$skiptoken", "from-"+strconv.Itoa(next))
			list["nextLink"], _ = json.Marshal("https://" + r.Host + r.URL.Path + "?" + query.Encode())
		}
		list["value"], _ = json.Marshal(append([]json.RawMessage{}, value[from:to]...))
		body, _ = json.Marshal(list)
	}
	if bend != nil && bend.Kind == "truncated" {
		body = body[:len(body)/2]
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func errorBody(code, message string) []byte {
	text, _ := json.Marshal(map[string]any{"error": map[string]string{"code": code, "message": message}})
	return text
}

func writeError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(errorBody(code, message))
}
