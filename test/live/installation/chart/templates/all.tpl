{{- /* A look-alike: what the audit sees of a chart is its name, its version and a workload. No chart registry is reached. */}}
{{- $labels := dict "app.kubernetes.io/name" .Chart.Name "app.kubernetes.io/instance" .Release.Name }}
{{- with .Values.component }}{{ $_ := set $labels "app.kubernetes.io/component" . }}{{ end }}
{{- $account := .Values.account | default .Release.Name }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $account }}
  labels: {{ toJson $labels }}
  annotations: {{ toJson .Values.annotations }}
---
{{- with .Values.config }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}
data:
  config.yaml: {{ . | quote }}
---
{{- end }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-rendered
stringData:
  token: {{ .Values.canary | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {{ toJson $labels }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app.kubernetes.io/instance: {{ .Release.Name }}
  template:
    metadata:
      labels: {{ toJson $labels }}
    spec:
      serviceAccountName: {{ $account }}
      containers:
        - name: main
          image: images.acme.example/{{ .Chart.Name }}:{{ .Chart.Version }}
          args: {{ toJson .Values.args }}
          env:
            - name: SESSION_KEY
              value: {{ .Values.canary | quote }}
{{- if .Values.config }}
          volumeMounts:
            - name: config
              mountPath: /var/cert-manager/config
      volumes:
        - name: config
          configMap:
            name: {{ .Release.Name }}
{{- end }}
