package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// metadata is what az asks an unknown cloud for first. Up to 2022-09-01 the answer is a list.
func (f *front) metadata(w http.ResponseWriter, r *http.Request) {
	login, _, _ := strings.Cut(f.tokens.issuer, "/"+f.tenant)
	cloud := map[string]any{
		"name": "ChalkAuditLive", "portal": f.origin, "graph": f.origin, "graphAudience": f.origin,
		"resourceManager": f.origin, "microsoftGraphResourceId": f.origin, "gallery": f.origin,
		"batch": f.origin, "sqlManagement": f.origin, "activeDirectoryDataLake": f.origin,
		"authentication": map[string]any{
			"loginEndpoint": login, "tenant": "common", "identityProvider": "AAD",
			"audiences": []string{"https://management.core.windows.net/", "https://management.azure.com/"},
		},
		"suffixes": map[string]string{"keyVaultDns": "vault.localhost", "storage": "storage.localhost"},
	}
	var answer any = cloud
	if r.URL.Query().Get("api-version") < "2022-09-01" {
		answer = []any{cloud}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(answer)
}

// directory answers the one call of Microsoft Graph by which az turns object ids into names. There is no fake of
// Graph in the SDK for Go; this is written from its reference (directoryObject: getByIds).
func (f *front) directory(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/v1.0/directoryObjects/getByIds" {
		writeError(w, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
		return
	}
	var asked struct{ IDs []string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&asked); err != nil {
		writeError(w, http.StatusBadRequest, "Request_BadRequest", err.Error())
		return
	}
	found := []map[string]any{}
	f.mu.Lock()
	for _, id := range asked.IDs {
		for _, object := range f.state.Directory {
			if sameGUID(object.ID, id) {
				found = append(found, map[string]any{
					"@odata.type": "#microsoft.graph." + object.Type, "id": object.ID, "displayName": object.DisplayName,
					"appId": object.AppID, "servicePrincipalNames": []string{object.AppID},
				})
			}
		}
	}
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"value": found})
}
