/** Packages of Pulumi whose name is also the namespace of their configuration, and namespaces of Pulumi itself. */
import type { Source } from "./source";

/** Not a copy of the registry: a package that is missing here is still accepted in a project with another name than this program's. */
export const pulumiPackagesSource: Source = { url: "https://www.pulumi.com/registry/", asOf: "2026-11-30", confidence: "medium" };

/** `pulumi` holds settings of the engine, such as `pulumi:disable-default-providers`. */
export const pulumiPackages: readonly string[] = `
  pulumi pulumiservice command random tls local time archive cloudinit null external http std
  aws aws-native aws-apigateway aws-iam aws-miniflux aws-quickstart-aurora-postgres aws-quickstart-redshift aws-quickstart-vpc aws-s3-replicated-bucket
  aws-static-website awsx aws-serverless eks s3-direct autodeploy cdk
  azure azure-native azuread azuredevops azapi azure-justrun azure-static-website azure-quickstart-acr-geo-replication
  gcp google-native google-cloud-static-website gcp-global-cloudrun gcp-project-scaffold googleworkspace
  kubernetes kubernetes-cert-manager kubernetes-coredns kubernetes-ingress-nginx kubernetes-the-hard-way helm kustomization cert-manager argocd flux
  alicloud aiven akamai akeyless artifactory astra astronomer auth0 avi aviatrix
  bitbucketserver bitwarden buildkite byteplus
  checkly civo clickhouse cloudamqp cloudflare cloudngfwaws cockroach confluent confluentcloud coder configcat consul control-plane coralogix cyral cyral-oss
  databricks datadog dbtcloud defang descope digitalocean dnsimple docker docker-build doppler dynatrace
  ec elasticstack elastic equinix equinix-metal esxi-native event-store-cloud exoscale
  f5bigip fastly filebase flexibleengine formal fortios fusionauth
  gandi genesiscloud github gitlab grafana gridscale
  harbor harness hcloud hcp heroku honeycomb honeycombio hpcr huaweicloud
  ibm infisical impart incident infoblox influxdb
  jumpcloud junipermist
  kafka kafka-connect keycloak kong konnect
  lacework lagoon launchdarkly libvirt linode logdna
  mailgun meraki metabase minio mongodbatlas mso mysql
  namecheap newrelic nexus ngrok nks nomad ns1 nutanix nuage netlify neon
  oci octopusdeploy okta onelogin onepassword opal openai openstack opsgenie outscale ovh
  pagerduty packet palo-alto-networks panos pgedge pinecone planetscale port postgresql prefect proxmoxve purrl
  qovery qdrant
  rabbitmq rafay rancher rancher2 raito redis-cloud rediscloud render rke rollbar rootly runpod
  salescloud scaleway scm sdwan sentry signalfx slack snowflake spacelift splight splunk spotinst statuscake statuspage strata-cloud-manager stripe
  sumologic supabase symbiosis synced-folder
  tailscale talos temporalcloud tencentcloud terraform terraform-module twilio thousandeyes timescale twingate
  ucloud unifi upstash
  vault vantage venafi vercel vra volcengine volcenginecc vsphere vultr
  wavefront wiz

  yandex
  zenduty zilliz zitadel zscaler zia zpa
`
  .trim()
  .split(/\s+/);
