/** A web server on this machine that replaces AWS's endpoints and records requests. */
import http from "node:http";
import type { AddressInfo } from "node:net";

export interface AwsRequest {
  method: string;
  path: string;
  /** Access key, region and service that signed the request. */
  signedAs: { accessKeyId: string; region: string; service: string } | undefined;
  session: string | undefined;
  /** Fields of a query protocol. */
  form: URLSearchParams;
  target: string | undefined;
}

export interface Reply {
  status?: number;
  body: string;
}

export interface LoopbackAws {
  url: string;
  requests: AwsRequest[];
  close(): Promise<void>;
}

/** With `undefined` as reply, it never answers. */
export async function loopbackAws(reply: (request: AwsRequest) => Reply | undefined): Promise<LoopbackAws> {
  const requests: AwsRequest[] = [];
  const server = http.createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = read(incoming, Buffer.concat(chunks).toString());
      requests.push(request);
      const answer = reply(request);
      if (!answer) return;
      outgoing.writeHead(answer.status ?? 200, { "content-type": answer.body.startsWith("{") ? "application/x-amz-json-1.1" : "text/xml" });
      outgoing.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function read({ method = "", url = "", headers }: http.IncomingMessage, body: string): AwsRequest {
  const [, accessKeyId = "", region = "", service = ""] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? "") ?? [];
  return {
    method,
    path: url,
    signedAs: accessKeyId ? { accessKeyId, region, service } : undefined,
    session: headers["x-amz-security-token"] as string | undefined,
    form: new URLSearchParams(body),
    target: headers["x-amz-target"] as string | undefined,
  };
}

export const callerIdentity = (arn: string): Reply => ({
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
});

/** `action`: AssumeRole or AssumeRoleWithWebIdentity. */
export const assumedRole = (accessKeyId: string, action = "AssumeRole"): Reply => ({
  body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token-of-${accessKeyId}</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></${action}Result></${action}Response>`,
});

export const queryError = (code: string, message: string): Reply => ({
  status: 403,
  body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

/** Sets these variables in the process and removes all others that the SDK reads; returns a function that restores them. */
export function withAwsEnvironment(variables: Record<string, string>): () => void {
  const before = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("AWS_")));
  for (const name of Object.keys(before)) delete process.env[name];
  Object.assign(process.env, variables);
  return () => {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  };
}
