package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// adminPrefix: the test's own door. No path of Resource Manager begins with it.
const adminPrefix = "/_live/"

// admin: PUT state, PUT faults, PUT page-size, GET and DELETE requests.
func (f *front) admin(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, adminPrefix) {
	case "PUT state":
		s, err := readState(r.Body)
		if err != nil {
			writeError(w, http.StatusBadRequest, "InvalidState", err.Error())
			return
		}
		f.state = s
	case "PUT faults":
		var faults []*fault
		if err := json.NewDecoder(r.Body).Decode(&faults); err != nil {
			writeError(w, http.StatusBadRequest, "InvalidFaults", err.Error())
			return
		}
		for _, one := range faults {
			if err := one.prepare(); err != nil {
				writeError(w, http.StatusBadRequest, "InvalidFaults", err.Error())
				return
			}
		}
		f.faults = faults
	case "PUT page-size":
		var size int
		if err := json.NewDecoder(r.Body).Decode(&size); err != nil || size < 1 {
			writeError(w, http.StatusBadRequest, "InvalidPageSize", "a number from 1 is wanted")
			return
		}
		f.size = size
	case "GET requests":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(append([]logged{}, f.log...))
		return
	case "DELETE requests":
		f.log = nil
	default:
		writeError(w, http.StatusNotFound, "NotFound", "no such admin call: "+r.Method+" "+r.URL.Path)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
