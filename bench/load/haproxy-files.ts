/** The configuration files that HAProxy and Fairlead both run on. */
import type { Placement } from './contenders.ts';

export function haproxyConfig(placement: Placement): string {
  return placement.mode === 'site' ? siteConfig(placement) : plainConfig(placement);
}

/** Listens, relays, and nothing else. */
function plainConfig({ mode, port, originPort, workers, maxconn }: Placement): string {
  return `global
  nbthread ${workers}
  maxconn ${maxconn}
  no strict-limits
defaults
  mode ${mode}
  timeout client 10m
  timeout server 10m
  timeout connect 5s
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  http-reuse always
  server origin 127.0.0.1:${originPort}
`;
}

/** What many sites have: forwardfor, a log line by UDP for each request, five ACLs of different kinds, all asked. */
function siteConfig({ port, originPort, logPort, workers, maxconn }: Placement): string {
  return `global
  nbthread ${workers}
  maxconn ${maxconn}
  no strict-limits
  log 127.0.0.1:${logPort} local0
defaults
  mode http
  log global
  option httplog
  option forwardfor
  timeout client 10m
  timeout server 10m
  timeout connect 5s
frontend in
  bind 127.0.0.1:${port}
  acl is_inside src 10.0.0.0/8 192.168.0.0/16
  acl is_write method POST PUT DELETE PATCH
  acl is_robot hdr_sub(user-agent) -i crawler spider
  acl is_api path_beg /api/ /v1/
  acl is_shop hdr(host) -i shop.example.org store.example.org
  http-request deny if !is_inside is_write
  http-request deny deny_status 429 if is_robot
  use_backend api if is_api
  use_backend shop if is_shop
  default_backend out
backend api
  server origin 127.0.0.1:${originPort}
backend shop
  server origin 127.0.0.1:${originPort}
backend out
  http-reuse always
  server origin 127.0.0.1:${originPort}
`;
}
