/** This machine, asked through Node: programs, and what answers on the network. */
import http from "node:http";
import https from "node:https";
import type { Machine } from "./machine";
import { runProgram } from "./program";
import { refuseProxy } from "./proxy";

const httpLimitMilliseconds = 3000;
/** Enough for an address, a version, or the page of a captive portal. */
const textLimitBytes = 64 * 1024;

export function nodeMachine(): Machine {
  return {
    output: (program, args, environment = {}) => runProgram(program, args, { environment }),
    // The cluster's authority signs the certificate of a Kubernetes API, and this call only asks whether the server is reachable. Without
    // headers the request contains no secret, and the answer is dropped. Headers may contain a token.
    httpStatus: async (url, headers) =>
      (await get(url, headers ?? {}, { rejectUnauthorized: headers !== undefined, keepBody: false })).status,
    text: async (url) => {
      const { status, body } = await get(url, {}, { rejectUnauthorized: true, keepBody: true });
      if (status !== 200) throw new Error(`${url} answered with status ${status}`);
      return body.trim();
    },
  };
}

interface RequestSettings {
  rejectUnauthorized: boolean;
  keepBody: boolean;
}

function get(
  address: string,
  headers: Record<string, string>,
  { rejectUnauthorized, keepBody }: RequestSettings,
): Promise<{ status: number; body: string }> {
  const url = new URL(address);
  refuseProxy(url);
  return new Promise((resolve, reject) => {
    const client = url.protocol === "http:" ? http : https;
    // No shared agent: a connection whose certificate was not checked must not serve a request that has a token.
    const request = client.get(url, { headers, rejectUnauthorized, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      if (!keepBody) return (request.destroy(), done(() => resolve({ status, body: "" })));
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (Buffer.concat(chunks).length > textLimitBytes)
          request.destroy(new Error(`${address} answered with more than ${textLimitBytes} bytes`));
      });
      response.on("end", () => done(() => resolve({ status, body: Buffer.concat(chunks).toString() })));
      response.on("error", (error) => done(() => reject(error)));
    });
    // A limit for everything: a socket's idle timeout does not cover a name server or a handshake that never answers.
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer from ${url.host} in ${httpLimitMilliseconds / 1000} s`)),
      httpLimitMilliseconds,
    );
    const done = (then: () => void) => (clearTimeout(timer), then());
    request.on("error", (error) => done(() => reject(error)));
  });
}
