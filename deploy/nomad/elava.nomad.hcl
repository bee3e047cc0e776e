# A group a role. nomad job run -var image=registry.example/elava:0.1.0 deploy/nomad/elava.nomad.hcl
# Secrets are read from the Nomad variable nomad/jobs/elava: storage_password, gateway_keys.

variable "image" {
  type        = string
  description = "The image of deploy/docker/Dockerfile."
}
variable "datacenters" {
  type    = list(string)
  default = ["*"]
}
variable "nats_servers" {
  type        = string
  default     = ""
  description = "nats://… of servers of your own; empty: the job's."
}
variable "regions" {
  type        = list(string)
  default     = ["us-east-1", "eu-west-1"]
  description = "Regions to scan; each has its own scanners."
}
variable "scanners" {
  type        = number
  default     = 1
  description = "Scanners a region."
}
variable "config" {
  type        = string
  default     = ""
  description = "elava.yaml beyond the regions."
}

variable "tenants" {
  type        = string
  default     = ""
  description = "Archive with the tenants' bundles, a directory or <tenant>.tar.gz each, as an artifact's source names it; empty: tenants have the policies that the API was given."
}

locals {
  # Found by Nomad's own service discovery, again whenever they move.
  addresses = <<-EOT
    {{- range nomadService "elava-nats" }}
    ELAVA_NATS_SERVERS=nats://{{ .Address }}:{{ .Port }}
    {{- end }}
    {{- range nomadService "elava-store" }}
    ELAVA_STORAGE_URL=http://{{ .Address }}:{{ .Port }}
    {{- end }}
  EOT
  secrets = <<-EOT
    {{- with nomadVar "nomad/jobs/elava" }}
    ELAVA_STORAGE_PASSWORD={{ .storage_password }}
    {{- end }}
  EOT
  # Roles, processes, MHz and MiB of each group.
  roles = {
    history      = { roles = "history", count = 2, cpu = 500, memory = 768 }
    orchestrator = { roles = "orchestrator,attribution,notifier,reconciler", count = 2, cpu = 200, memory = 512 }
    policy       = { roles = "policy,analyzer", count = 2, cpu = 1000, memory = 1536 }
    # The edge answers tenants by itself, and leaves judging the estate to the others.
    gateway = { roles = "policy,tenants,events,gateway", count = 2, cpu = 500, memory = 1536 }
  }
}

job "elava" {
  datacenters = var.datacenters
  type        = "service"

  update {
    max_parallel      = 1
    health_check      = "checks"
    min_healthy_time  = "10s"
    healthy_deadline  = "3m"
    progress_deadline = "10m"
    auto_revert       = true
  }

  group "nats" {
    count = var.nats_servers == "" ? 1 : 0
    network {
      port "client" { to = 4222 }
      port "monitor" { to = 8222 }
    }
    volume "nats" {
      type   = "host"
      source = "elava-nats"
    }
    service {
      name     = "elava-nats"
      provider = "nomad"
      port     = "client"
      check {
        type     = "http"
        port     = "monitor"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }
    task "nats" {
      driver = "docker"
      user   = "1000"
      config {
        image           = "nats:2.12-alpine"
        args            = ["-c", "/local/nats.conf"]
        ports           = ["client", "monitor"]
        readonly_rootfs = true
        cap_drop        = ["all"]
      }
      volume_mount {
        volume      = "nats"
        destination = "/data"
      }
      template {
        destination = "local/nats.conf"
        data        = <<-EOT
          port: 4222
          http: 8222
          max_payload: 8MB
          jetstream { store_dir: /data }
        EOT
      }
      resources {
        cpu    = 250
        memory = 512
      }
    }
  }

  group "store" {
    # One process owns the directory.
    count = 1
    network {
      port "store" { to = 8123 }
    }
    volume "data" {
      type   = "host"
      source = "elava-data"
    }
    service {
      name     = "elava-store"
      provider = "nomad"
      port     = "store"
      check {
        type     = "http"
        path     = "/ping"
        interval = "10s"
        timeout  = "2s"
      }
    }
    task "store" {
      driver       = "docker"
      user         = "1000"
      kill_timeout = "45s"
      config {
        image           = var.image
        args            = ["store", "serve", "--host", "0.0.0.0"]
        ports           = ["store"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        mount {
          type   = "tmpfs"
          target = "/tmp"
        }
      }
      volume_mount {
        volume      = "data"
        destination = "/var/lib/elava"
      }
      template {
        destination = "secrets/elava.env"
        env         = true
        data        = local.secrets
      }
      resources {
        cpu    = 1000
        memory = 3072
      }
    }
  }

  dynamic "group" {
    for_each = merge(local.roles, {
      for region in var.regions : "scanner-${region}" => {
        roles  = "scanner"
        region = region
        count  = var.scanners
        cpu    = 500
        memory = 768
      }
    })
    labels = [group.key]
    content {
      count = group.value.count
      # Out of the discovery first, then told to stop.
      shutdown_delay = group.key == "gateway" ? "5s" : "0s"
      network {
        port "metrics" { to = 9090 }
        port "http" { to = 8181 }
      }
      service {
        name     = "elava-${group.key}"
        provider = "nomad"
        port     = "metrics"
        tags     = ["metrics"]
        check {
          type     = "http"
          path     = "/ready"
          interval = "10s"
          timeout  = "3s"
        }
      }
      dynamic "service" {
        for_each = group.key == "gateway" ? ["http"] : []
        content {
          name     = "elava-http"
          provider = "nomad"
          port     = "http"
          check {
            type     = "http"
            port     = "metrics"
            path     = "/ready"
            interval = "5s"
            timeout  = "3s"
          }
        }
      }
      task "elava" {
        driver       = "docker"
        user         = "1000"
        kill_timeout = "45s"
        config {
          image = var.image
          args = concat(
            ["serve", "--roles", group.value.roles],
            can(group.value.region) ? ["--region", group.value.region] : [],
          )
          ports           = ["metrics", "http"]
          readonly_rootfs = true
          cap_drop        = ["all"]
          mount {
            type   = "tmpfs"
            target = "/tmp"
          }
        }
        env {
          ELAVA_CONFIG       = "/local/elava.yaml"
          ELAVA_PROCESS_HOST = "0.0.0.0"
          ELAVA_PROCESS_PORT = "9090"
          ELAVA_NATS_SERVERS = var.nats_servers
          # Whoever calls the gateway needs a key of the Nomad variable's gateway_keys ("elava keys add").
          ELAVA_GATEWAY_HOST      = "0.0.0.0"
          ELAVA_GATEWAY_AUTH_KEYS = "/secrets/keys"
          ELAVA_GATEWAY_LINGER    = "2s"
          ELAVA_POLICIES_JUDGE    = group.key == "gateway" ? "false" : "true"
          ELAVA_TENANTS_PATH      = "/local/tenants.d"
        }
        dynamic "artifact" {
          for_each = group.key == "gateway" && var.tenants != "" ? [var.tenants] : []
          content {
            source      = artifact.value
            destination = "local/tenants.d"
          }
        }
        template {
          destination = "secrets/keys"
          data        = "{{ with nomadVar \"nomad/jobs/elava\" }}{{ .gateway_keys }}{{ end }}"
        }
        template {
          destination = "local/elava.yaml"
          data        = <<-EOT
            providers:
              aws:
                regions: ${jsonencode(var.regions)}
            ${indent(12, var.config)}
          EOT
        }
        template {
          destination = "secrets/elava.env"
          env         = true
          data        = "${local.secrets}${var.nats_servers == "" ? local.addresses : ""}"
        }
        resources {
          cpu    = group.value.cpu
          memory = group.value.memory
        }
      }
    }
  }
}
