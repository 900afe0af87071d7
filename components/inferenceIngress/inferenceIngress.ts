/** The HTTP endpoint in front of the engine: a load balancer that serves `/v1` and nothing else. */
import * as pulumi from "@pulumi/pulumi";
import { refuseErrors } from "../problems";
import { checkComponentTags } from "../tags";
import { splitOptions } from "../splitOptions";
import { createControllerEndpoint } from "./controllerEndpoint";
import { createDirectEndpoint } from "./directEndpoint";
import { checkExposure, checkName, IngressMode, type InferenceIngressOptions } from "./exposure";
import { ingressChildren, type InferenceIngressNodes } from "./nodes";
import { endpointSettings, exposureOf, plainSettings } from "./settings";

export interface InferenceIngressArgs extends InferenceIngressOptions {
  /**
   * Seconds without a byte in either direction, 1–4000, after which the load balancer answers 504. An answer that is not streamed is silent
   * until it is complete. Pass the output of VllmLeaderWorkerSet: its server keeps connections longer. Otherwise clients see 502.
   * @default 600
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
   */
  idleTimeoutSeconds?: pulumi.Input<number>;
  /**
   * Seconds, 0–3585, that running requests have to finish when a pod leaves; requests that take longer are cut off. Pass the output of
   * VllmLeaderWorkerSet.
   * @default 120
   */
  drainSeconds?: pulumi.Input<number>;
  /** Service of the leader pods. The endpoint depends on this name only, not on the pods. */
  serviceName: pulumi.Input<string>;
  /** Namespace of the Service. */
  namespace: pulumi.Input<string>;
  /** Port of the Service. The pods themselves listen on 8000. @default 8000 */
  servicePort?: pulumi.Input<number>;
  /** Security group of the pods' interfaces: the one that EKS created for the cluster. With any other, every health check times out. */
  targetSecurityGroupId: pulumi.Input<string>;
  /** VPC of the pods and of the load balancer. A change replaces every resource of the component. */
  vpcId: pulumi.Input<string>;
  /** Subnets of the load balancer, one in each of at least two zones, one of them the zone of the GPU nodes; public if internet-facing. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** ACM certificate in the same region. @default a new one if `hostname` and `hostedZoneId` are given, otherwise plain HTTP */
  certificateArn?: pulumi.Input<string>;
  /** DNS name of the endpoint, for example `llm.example.com`. @default the name of the load balancer, which no certificate covers */
  hostname?: pulumi.Input<string>;
  /**
   * Route 53 zone for the alias record of `hostname`. Without `certificateArn` it must be the name's public zone: ACM looks for its proof
   * there, and with a private zone it would wait forever. `direct` only. @default no record
   */
  hostedZoneId?: pulumi.Input<string>;
  /** Added to every resource that takes tags. @default none */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * What must exist before pods are registered, for example the status of the load balancer controller's Release. Only the
   * TargetGroupBinding (`direct`) or the Ingress (`controller`) waits. On destroy Pulumi deletes this object first, while its controller
   * runs.
   * @default nothing
   */
  startAfter?: pulumi.Input<string>[];
}

/**
 * The HTTP endpoint in front of the engine: a load balancer that serves `/v1` and nothing else.
 *
 * Creates, `direct`: Application Load Balancer with its security group and listeners, target group, TargetGroupBinding; with a hostname
 * also certificate and DNS record. It is ready in 3 minutes without waiting for a cluster, and costs about $0.03 an hour plus traffic.
 * Creates, `controller`: one Ingress; the AWS Load Balancer Controller creates the rest.
 *
 * The option `deletedWith` applies only to the TargetGroupBinding; otherwise Pulumi would leave the resources outside the cluster behind.
 *
 * @example Inside the VPC
 *     const ingress = new InferenceIngress("llm", {
 *       inboundCidrs: ["10.0.0.0/16"], serviceName: engine.serviceName, idleTimeoutSeconds: engine.idleTimeoutSeconds,
 *       drainSeconds: engine.drainSeconds, namespace, targetSecurityGroupId, vpcId, subnetIds,
 *     }, { providers: [awsProvider, kubernetesProvider] });
 */
export class InferenceIngress extends pulumi.ComponentResource {
  /** Address of the endpoint, without a path. Clients of OpenAI's API use it with `/v1` appended as their base URL. */
  public readonly url: pulumi.Output<string>;
  /** The given hostname, or the DNS name of the load balancer. */
  public readonly hostname: pulumi.Output<string>;
  /** ARN of the load balancer; `direct` only. */
  public readonly loadBalancerArn?: pulumi.Output<string>;
  /** ARN of the target group that the pods register with; `direct` only. */
  public readonly targetGroupArn?: pulumi.Output<string>;
  /** Security group of the load balancer; `direct` only. */
  public readonly securityGroupId?: pulumi.Output<string>;

  constructor(name: string, args: InferenceIngressArgs, opts?: pulumi.ComponentResourceOptions) {
    const tagProblems = checkComponentTags(args.tags, args.mode === IngressMode.Controller);
    refuseErrors("InferenceIngress", name, [...checkName(name, args.mode), ...checkExposure(exposureOf(args)), ...tagProblems]);
    const settings = endpointSettings(args);
    const { own, inCluster } = splitOptions(opts);
    super("vllm-eks:index:InferenceIngress", name, plainSettings(settings), own);
    const child = { parent: this };
    const { deletedWith, ...inThisCluster } = inCluster;
    const late = { parent: this, ...inThisCluster, dependsOn: pulumi.all(args.startAfter ?? []).apply(() => []) };

    if (settings.mode === IngressMode.Controller) {
      const { ingress, address } = createControllerEndpoint(name, args, settings, late);
      ingressChildren.keep(this, { ingress });
      this.hostname = pulumi.output(args.hostname ?? address);
    } else {
      const created = createDirectEndpoint(name, args, settings, child, deletedWith ? { ...late, deletedWith } : late);
      ingressChildren.keep(this, created);
      this.loadBalancerArn = created.loadBalancer.arn;
      this.targetGroupArn = created.targetGroup.arn;
      this.securityGroupId = created.securityGroup.id;
      this.hostname = pulumi.output(args.hostname ?? created.loadBalancer.dnsName);
    }

    this.url = pulumi.interpolate`${settings.tls ? "https" : "http"}://${this.hostname}`;
    const { url, hostname, loadBalancerArn, targetGroupArn, securityGroupId } = this;
    this.registerOutputs({ url, hostname, loadBalancerArn, targetGroupArn, securityGroupId });
  }

  /** The children, for programs in TypeScript. */
  get nodes(): InferenceIngressNodes {
    return ingressChildren.of(this);
  }
}
