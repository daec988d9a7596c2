package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
)

// fault is an answer that the service would give on a bad day.
type fault struct {
	// Match is a regular expression over path and query, case-insensitive. Empty: every request.
	Match string `json:"match"`
	// Kind: "status" (an error document), "html" (a page of a proxy, with Status), "truncated" (the right answer
	// cut in half), "hang" (no answer at all), "loop" (a next link that leads back to itself).
	Kind string `json:"kind"`
	// Status of the answer; 200 where it is not given, 503 for "status".
	Status int `json:"status"`
	// Times: how many requests it meets. 0: all.
	Times int `json:"times"`
	// RetryAfter in seconds. 0: no such header.
	RetryAfter int `json:"retryAfter"`

	pattern *regexp.Regexp
	left    int
}

var errorCodes = map[int]string{
	http.StatusTooManyRequests:     "SubscriptionRequestsThrottled",
	http.StatusInternalServerError: "InternalServerError",
	http.StatusBadGateway:          "BadGateway",
	http.StatusServiceUnavailable:  "ServiceUnavailable",
	http.StatusUnauthorized:        "ExpiredAuthenticationToken",
	http.StatusForbidden:           "AuthorizationFailed",
}

func (f *fault) prepare() error {
	switch f.Kind {
	case "status", "html", "truncated", "hang", "loop":
	default:
		return fmt.Errorf("unknown kind of fault %q", f.Kind)
	}
	pattern, err := regexp.Compile("(?i)" + f.Match)
	if err != nil {
		return err
	}
	if f.Status == 0 {
		f.Status = map[bool]int{true: http.StatusServiceUnavailable, false: http.StatusOK}[f.Kind == "status"]
	}
	f.pattern, f.left = pattern, f.Times
	return nil
}

// meets uses up one of the fault's times.
func (f *fault) meets(target string) bool {
	if !f.pattern.MatchString(target) || (f.Times > 0 && f.left == 0) {
		return false
	}
	f.left--
	return true
}

const proxyPage = "<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Please sign in</h1></body></html>\n"

// strike answers in the service's stead. It reports false where the right answer is to be made first, and bent.
func (f *fault) strike(w http.ResponseWriter, r *http.Request) bool {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	switch f.Kind {
	case "status":
		code := errorCodes[f.Status]
		if code == "" {
			code = "InjectedFault"
		}
		writeError(w, f.Status, code, "Injected by the test.")
	case "html":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(proxyPage))
	case "hang":
		<-r.Context().Done()
	default:
		return false
	}
	return true
}
