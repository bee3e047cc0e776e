{{- define "sovereignty.labels" -}}
app.kubernetes.io/name: sovereignty
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "sovereignty.selector" -}}
app.kubernetes.io/name: sovereignty
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
