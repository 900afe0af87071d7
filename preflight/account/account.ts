/** What the preflight may ask AWS: read-only calls, each named after the IAM action that permits it. */
import type * as acm from "@aws-sdk/client-acm";
import type * as ec2 from "@aws-sdk/client-ec2";
import type * as ecr from "@aws-sdk/client-ecr";
import type * as eks from "@aws-sdk/client-eks";
import type * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as fsx from "@aws-sdk/client-fsx";
import type * as pricing from "@aws-sdk/client-pricing";
import type * as route53 from "@aws-sdk/client-route-53";
import type * as quotas from "@aws-sdk/client-service-quotas";
import type * as sts from "@aws-sdk/client-sts";

interface Call<Input, Output> {
  input: Input;
  output: Output;
}

export interface Operations {
  "sts:GetCallerIdentity": Call<sts.GetCallerIdentityCommandInput, sts.GetCallerIdentityCommandOutput>;
  "ec2:DescribeAvailabilityZones": Call<ec2.DescribeAvailabilityZonesCommandInput, ec2.DescribeAvailabilityZonesCommandOutput>;
  "ec2:DescribeInstanceTypeOfferings": Call<ec2.DescribeInstanceTypeOfferingsCommandInput, ec2.DescribeInstanceTypeOfferingsCommandOutput>;
  "ec2:DescribeInstanceTypes": Call<ec2.DescribeInstanceTypesCommandInput, ec2.DescribeInstanceTypesCommandOutput>;
  "ec2:DescribeInstances": Call<ec2.DescribeInstancesCommandInput, ec2.DescribeInstancesCommandOutput>;
  "ec2:DescribeCapacityReservations": Call<ec2.DescribeCapacityReservationsCommandInput, ec2.DescribeCapacityReservationsCommandOutput>;
  "ec2:DescribeVpcs": Call<ec2.DescribeVpcsCommandInput, ec2.DescribeVpcsCommandOutput>;
  "ec2:DescribeVpcAttribute": Call<ec2.DescribeVpcAttributeCommandInput, ec2.DescribeVpcAttributeCommandOutput>;
  "ec2:DescribeSubnets": Call<ec2.DescribeSubnetsCommandInput, ec2.DescribeSubnetsCommandOutput>;
  "ec2:DescribeRouteTables": Call<ec2.DescribeRouteTablesCommandInput, ec2.DescribeRouteTablesCommandOutput>;
  "ec2:DescribeAddresses": Call<ec2.DescribeAddressesCommandInput, ec2.DescribeAddressesCommandOutput>;
  "eks:DescribeCluster": Call<eks.DescribeClusterCommandInput, eks.DescribeClusterCommandOutput>;
  "eks:DescribeClusterVersions": Call<eks.DescribeClusterVersionsCommandInput, eks.DescribeClusterVersionsCommandOutput>;
  "servicequotas:GetServiceQuota": Call<quotas.GetServiceQuotaCommandInput, quotas.GetServiceQuotaCommandOutput>;
  "servicequotas:GetAWSDefaultServiceQuota": Call<
    quotas.GetAWSDefaultServiceQuotaCommandInput,
    quotas.GetAWSDefaultServiceQuotaCommandOutput
  >;
  "elasticloadbalancing:DescribeLoadBalancers": Call<elb.DescribeLoadBalancersCommandInput, elb.DescribeLoadBalancersCommandOutput>;
  "fsx:DescribeFileSystems": Call<fsx.DescribeFileSystemsCommandInput, fsx.DescribeFileSystemsCommandOutput>;
  "ecr:DescribeImages": Call<ecr.DescribeImagesCommandInput, ecr.DescribeImagesCommandOutput>;
  "acm:DescribeCertificate": Call<acm.DescribeCertificateCommandInput, acm.DescribeCertificateCommandOutput>;
  "route53:GetHostedZone": Call<route53.GetHostedZoneCommandInput, route53.GetHostedZoneCommandOutput>;
  "pricing:GetProducts": Call<pricing.GetProductsCommandInput, pricing.GetProductsCommandOutput>;
}

export type Operation = keyof Operations;

export interface AccountApi {
  /** Rejects with the SDK's error; its `name` is AWS's code: `AccessDeniedException`, `UnauthorizedOperation`, … */
  call<Name extends Operation>(name: Name, input: Operations[Name]["input"]): Promise<Operations[Name]["output"]>;
}
