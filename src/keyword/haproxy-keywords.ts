/**
 * The names of HAProxy 3.5's keywords, by family: what is in here and not in the catalogue is answered with "not
 * supported yet" instead of "unknown". Names only; what a keyword is, its declaration says. Taken from the
 * program's own list (`haproxy -dKall -q -c -f /dev/null`) and from the keyword tables of its manual.
 */
import type { RuleSetName } from './site.ts';

const SECTION = `
acme backend cache crt-store defaults fcgi-app frontend global healthcheck http-errors listen log-forward
log-profile mailers peers program resolvers ring traces userlist
`;

const GLOBAL = `
acme.scheduler
anonkey
busy-polling
ca-base
chroot
close-spread-time
cluster-secret
cpu-affinity
cpu-map
cpu-policy
cpu-set
crt-base
daemon
debug.counters
default-path
description
deviceatlas-json-file
deviceatlas-log-level
deviceatlas-properties-cookie
deviceatlas-separator
dns-accept-family
expose-deprecated-directives
expose-experimental-directives
external-check
fd-hard-limit
force-cfg-parser-pause
gid
grace
group
h1-accept-payload-with-any-method
h1-case-adjust
h1-case-adjust-file
h1-do-not-close-on-insecure-transfer-encoding
h2-workaround-bogus-websocket-clients
hard-stop-after
harden.reject-privileged-ports.quic
harden.reject-privileged-ports.tcp
http-err-codes
http-fail-codes
httpclient.resolvers.disabled
httpclient.resolvers.id
httpclient.resolvers.prefer
httpclient.retries
httpclient.ssl.ca-file
httpclient.ssl.verify
httpclient.timeout.connect
insecure-fork-wanted
insecure-setuid-wanted
issuers-chain-path
jwt.decrypt_alg_list
jwt.decrypt_enc_list
key-base
limited-quic
localpeer
log
log-send-hostname
log-tag
lua-load
lua-load-per-thread
lua-prepend-path
master-worker
max-spread-checks
max-threads-per-group
maxcompcpuusage
maxcomprate
maxconn
maxconnrate
maxpipes
maxsessrate
maxsslconn
maxsslrate
maxzlibmem
mworker-max-reloads
nbproc
nbthread
no-memory-trimming
node
noepoll
noevports
nogetaddrinfo
nokqueue
noktls
nopoll
noreuseport
nosplice
numa-cpu-mapping
ocsp-update.disable
ocsp-update.httpproxy
ocsp-update.maxdelay
ocsp-update.mindelay
ocsp-update.mode
pidfile
pp2-never-send-local
prealloc-fd
presetenv
profiling.memory
profiling.tasks
quick-exit
quiet
resetenv
server-state-base
server-state-file
set-dumpable
set-var
set-var-fmt
setcap
setenv
shm-stats-file
shm-stats-file-max-objects
spread-checks
ssl-default-bind-ciphers
ssl-default-bind-ciphersuites
ssl-default-bind-client-sigalgs
ssl-default-bind-curves
ssl-default-bind-options
ssl-default-bind-sigalgs
ssl-default-server-ciphers
ssl-default-server-ciphersuites
ssl-default-server-client-sigalgs
ssl-default-server-curves
ssl-default-server-options
ssl-default-server-sigalgs
ssl-dh-param-file
ssl-engine
ssl-load-extra-del-ext
ssl-load-extra-files
ssl-mode-async
ssl-passphrase-cmd
ssl-propquery
ssl-provider
ssl-provider-path
ssl-security-level
ssl-server-verify
ssl-skip-self-issued-ca
stats bind-process
stats maxconn
stats socket
stats timeout
stats-file
stress-level
strict-limits
thread-group
thread-groups
thread-hard-limit
tune.applet.zero-copy-forwarding
tune.buffers.limit
tune.buffers.reserve
tune.bufsize
tune.bufsize.large
tune.bufsize.small
tune.chksize
tune.cli.max-payload-size
tune.comp.maxlevel
tune.defaults.purge
tune.disable-fast-forward
tune.disable-zero-copy-forwarding
tune.epoll.mask-events
tune.events.max-events-at-once
tune.fail-alloc
tune.fd.edge-triggered
tune.fd.tables
tune.glitches.kill.cpu-usage
tune.h1.be.glitches-threshold
tune.h1.fe.glitches-threshold
tune.h1.zero-copy-fwd-recv
tune.h1.zero-copy-fwd-send
tune.h2.be.glitches-threshold
tune.h2.be.initial-window-size
tune.h2.be.max-concurrent-streams
tune.h2.be.max-frames-at-once
tune.h2.be.rxbuf
tune.h2.fe.glitches-threshold
tune.h2.fe.initial-window-size
tune.h2.fe.max-concurrent-streams
tune.h2.fe.max-frames-at-once
tune.h2.fe.max-rst-at-once
tune.h2.fe.max-total-streams
tune.h2.fe.rxbuf
tune.h2.header-table-size
tune.h2.initial-window-size
tune.h2.log-errors
tune.h2.max-concurrent-streams
tune.h2.max-frame-size
tune.h2.zero-copy-fwd-send
tune.http.cookielen
tune.http.logurilen
tune.http.maxhdr
tune.idle-pool.shared
tune.idletimer
tune.listener.default-shards
tune.listener.multi-queue
tune.lua.bool-sample-conversion
tune.lua.burst-timeout
tune.lua.forced-yield
tune.lua.log.loggers
tune.lua.log.stderr
tune.lua.maxmem
tune.lua.openlibs
tune.lua.service-timeout
tune.lua.session-timeout
tune.lua.task-timeout
tune.max-checks-per-thread
tune.max-rules-at-once
tune.maxaccept
tune.maxpollevents
tune.maxrewrite
tune.memory.hot-size
tune.notsent-lowat.client
tune.notsent-lowat.server
tune.pattern.cache-size
tune.peers.max-updates-at-once
tune.pipesize
tune.pool-high-fd-ratio
tune.pool-low-fd-ratio
tune.pt.zero-copy-forwarding
tune.quic.be.cc.cubic-min-losses
tune.quic.be.cc.hystart
tune.quic.be.cc.max-frame-loss
tune.quic.be.cc.max-win-size
tune.quic.be.cc.reorder-ratio
tune.quic.be.max-idle-timeout
tune.quic.be.sec.glitches-threshold
tune.quic.be.stream.data-ratio
tune.quic.be.stream.max-concurrent
tune.quic.be.stream.rxbuf
tune.quic.be.tx.pacing
tune.quic.be.tx.udp-gso
tune.quic.fe.cc.cubic-min-losses
tune.quic.fe.cc.hystart
tune.quic.fe.cc.max-frame-loss
tune.quic.fe.cc.max-win-size
tune.quic.fe.cc.reorder-ratio
tune.quic.fe.max-idle-timeout
tune.quic.fe.sec.glitches-threshold
tune.quic.fe.sec.retry-threshold
tune.quic.fe.sock-per-conn
tune.quic.fe.stream.data-ratio
tune.quic.fe.stream.max-concurrent
tune.quic.fe.stream.max-total
tune.quic.fe.stream.rxbuf
tune.quic.fe.tx.pacing
tune.quic.fe.tx.udp-gso
tune.quic.listen
tune.quic.mem.tx-max
tune.quic.zero-copy-fwd-send
tune.rcvbuf.backend
tune.rcvbuf.client
tune.rcvbuf.frontend
tune.rcvbuf.server
tune.recv_enough
tune.renice.runtime
tune.renice.startup
tune.ring.queues
tune.runqueue-depth
tune.sched.low-latency
tune.sndbuf.backend
tune.sndbuf.client
tune.sndbuf.frontend
tune.sndbuf.server
tune.ssl.cachesize
tune.ssl.capture-buffer-size
tune.ssl.capture-cipherlist-size
tune.ssl.certificate-compression
tune.ssl.default-dh-param
tune.ssl.force-private-cache
tune.ssl.hard-maxrecord
tune.ssl.keylog
tune.ssl.keyupdate-rate-limit
tune.ssl.lifetime
tune.ssl.maxrecord
tune.ssl.ocsp-update.maxdelay
tune.ssl.ocsp-update.mindelay
tune.ssl.ssl-ctx-cache-size
tune.stick-counters
tune.streams-elasticity
tune.takeover-other-tg-connections
tune.vars.check-max-size
tune.vars.global-max-size
tune.vars.proc-max-size
tune.vars.reqres-max-size
tune.vars.sess-max-size
tune.vars.txn-max-size
tune.zlib.memlevel
tune.zlib.windowsize
uid
ulimit-n
unix-bind
unsetenv
user
warn-blocked-traffic-after
wurfl-cache-size
wurfl-data-file
wurfl-information-list
wurfl-information-list-separator
zero-warning
`;

const PROXY = `
acl
backlog
balance
be-unpublished
bind
capture cookie
capture request header
capture response header
clitcpka-cnt
clitcpka-idle
clitcpka-intvl
compression
cookie
crt
declare
declare capture
default-server
default_backend
description
disabled
dispatch
email-alert from
email-alert level
email-alert mailers
email-alert myhostname
email-alert to
enabled
error-log-format
errorfile
errorfiles
errorloc
errorloc302
errorloc303
external-check
external-check command
external-check path
filter
filter-sequence
force-be-switch
force-persist
fullconn
guid
hash-balance-factor
hash-preserve-affinity
hash-type
http-after-response
http-check
http-check comment
http-check connect
http-check disable-on-404
http-check expect
http-check send
http-check send-state
http-check set-var
http-check set-var-fmt
http-check unset-var
http-error
http-request
http-response
http-reuse
http-send-name-header
id
ignore-persist
load-server-state-from-file
log
log-format
log-format-sd
log-steps
log-tag
max-keep-alive-queue
max-session-srv-conns
maxconn
mode
monitor fail
monitor-uri
option abortonclose
option accept-invalid-http-request
option accept-invalid-http-response
option accept-unsafe-violations-in-http-request
option accept-unsafe-violations-in-http-response
option allbackups
option checkcache
option clitcpka
option contstats
option disable-h2-upgrade
option dontlog-normal
option dontlognull
option external-check
option forwarded
option forwardfor
option h1-case-adjust-bogus-client
option h1-case-adjust-bogus-server
option http-buffer-request
option http-drop-request-trailers
option http-drop-response-trailers
option http-ignore-probes
option http-keep-alive
option http-no-delay
option http-pretend-keepalive
option http-restrict-req-hdr-names
option http-server-close
option http-use-proxy-header
option httpchk
option httpclose
option httplog
option httpslog
option idle-close-on-response
option independent-streams
option ldap-check
option log-health-checks
option log-separate-errors
option logasap
option mysql-check
option nolinger
option originalto
option persist
option pgsql-check
option prefer-last-server
option redis-check
option redispatch
option smtpchk
option socket-stats
option splice-auto
option splice-request
option splice-response
option spop-check
option srvtcpka
option ssl-hello-chk
option tcp-check
option tcp-smart-accept
option tcp-smart-connect
option tcpka
option tcplog
option transparent
option use-small-buffers
persist rdp-cookie
quic-initial
rate-limit
rate-limit sessions
redirect
retries
retry-on
server
server-state-file-name
server-template
source
srvtcpka-cnt
srvtcpka-idle
srvtcpka-intvl
ssl-f-use
stats admin
stats auth
stats enable
stats hide-version
stats http-request
stats realm
stats refresh
stats scope
stats show-desc
stats show-legends
stats show-modules
stats show-node
stats show-version
stats uri
stick match
stick on
stick store-request
stick store-response
stick-table
tcp-check
tcp-check comment
tcp-check connect
tcp-check expect
tcp-check send
tcp-check send-binary
tcp-check send-binary-lf
tcp-check send-lf
tcp-check set-var
tcp-check set-var-fmt
tcp-check unset-var
tcp-request
tcp-request connection
tcp-request content
tcp-request inspect-delay
tcp-request session
tcp-response
tcp-response content
tcp-response inspect-delay
timeout
timeout check
timeout client
timeout client-fin
timeout client-hs
timeout connect
timeout http-keep-alive
timeout http-request
timeout queue
timeout server
timeout server-fin
timeout tarpit
timeout tunnel
unique-id-format
unique-id-header
use-fcgi-app
use-server
use_backend
`;

const BIND = `
accept-netscaler-cip accept-proxy allow-0rtt alpn backlog ca-file ca-ignore-err ca-sign-file ca-sign-pass
ca-verify-file cc ciphers ciphersuites client-sigalgs crl-file crt crt-ignore-err crt-list curves
default-crt defer-accept ecdhe ech expose-fd force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13
generate-certificates gid group guid-prefix id idle-ping interface ktls label level maxconn mode mss name
namespace nbconn nice no-alpn no-ca-names no-sslv3 no-strict-sni no-tls-tickets no-tlsv10 no-tlsv11
no-tlsv12 no-tlsv13 npn prefer-client-ciphers process proto quic-cc-algo quic-force-retry quic-socket
severity-output shards sigalgs ssl ssl-max-ver ssl-min-ver strict-sni tcp-md5sig tcp-ss tcp-ut tfo thread
tls-ticket-keys tls-tickets transparent uid user v4v6 v6only verify
`;

const SERVER = `
addr agent-addr agent-check agent-inter agent-port agent-send allow-0rtt alpn backup ca-file cc check
check-alpn check-pool-conn-name check-proto check-reuse-pool check-send-proxy check-sni check-sni-auto
check-ssl check-via-socks4 ciphers ciphersuites client-sigalgs cookie crl-file crt curves disabled downinter
enabled error-limit fall fastinter force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 guid
hash-key healthcheck id idle-ping init-addr init-state inter ktls log-bufsize log-proto max-reuse maxconn
maxqueue minconn namespace no-agent-check no-backup no-check no-check-reuse-pool no-check-send-proxy
no-check-sni-auto no-check-ssl no-renegotiate no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl
no-send-proxy-v2-ssl-cn no-sni-auto no-ssl no-ssl-reuse no-sslv3 no-tfo no-tls-tickets no-tlsv10 no-tlsv11
no-tlsv12 no-tlsv13 no-verifyhost non-stick npn observe on-error on-marked-down on-marked-up pool-conn-name
pool-low-conn pool-max-conn pool-purge-delay port proto proxy-v2-options quic-cc-algo redir renegotiate
resolve-net resolve-opts resolve-prefer resolvers rise send-proxy send-proxy-v2 send-proxy-v2-ssl
send-proxy-v2-ssl-cn set-proxy-v2-tlv-fmt shard sigalgs slowstart sni sni-auto socks4 source ssl ssl-max-ver
ssl-min-ver ssl-reuse stick strict-maxconn tcp-md5sig tcp-ut tfo tls-tickets track usesrc verify verifyhost
weight ws
`;

const BALANCE = `
first hash hdr leastconn log-hash random rdp-cookie roundrobin source static-rr sticky uri url_param
`;

const FETCH = `
51d.all accept_date acl act_conn always_false always_true avg_queue base base32 base32+src baseq
bc.timer.connect bc_be_queue bc_dst bc_dst_port bc_err bc_err_name bc_err_str bc_glitches bc_http_major
bc_nb_streams bc_reused bc_rtt bc_rttvar bc_settings_streams_limit bc_src bc_src_port bc_srv_queue be_conn
be_conn_free be_connect_timeout be_id be_max_retries be_name be_queue_timeout be_server_timeout be_sess_rate
be_tarpit_timeout be_tunnel_timeout bin bool bs.aborted bs.debug_str bs.id bs.rst_code bytes_in bytes_out
capture.req.hdr capture.req.method capture.req.uri capture.req.ver capture.res.hdr capture.res.ver connslots
cook cook_cnt cook_val cookie cpu_calls cpu_ns_avg cpu_ns_tot cpu_usage_grp cpu_usage_proc cpu_usage_thr
cur_client_timeout cur_connect_timeout cur_max_retries cur_queue_timeout cur_server_timeout
cur_tarpit_timeout cur_tunnel_timeout date date_us distcc_body distcc_param dst dst_conn dst_is_local
dst_port dump_all_vars env fc.timer.handshake fc.timer.total fc_dst fc_dst_is_local fc_dst_port fc_err
fc_err_name fc_err_str fc_fackets fc_glitches fc_http_major fc_lost fc_nb_streams fc_pp_authority fc_pp_tlv
fc_pp_unique_id fc_rcvd_proxy fc_reordering fc_retrans fc_rtt fc_rttvar fc_sacked fc_saved_syn
fc_settings_streams_limit fc_src fc_src_is_local fc_src_port fc_unacked fcgi.docroot fcgi.index
fe_client_timeout fe_conn fe_defbe fe_id fe_name fe_req_rate fe_sess_rate fe_tarpit_timeout fs.aborted
fs.debug_str fs.id fs.rst_code hdr hdr_cnt hdr_ip hdr_val hostname http_auth http_auth_bearer
http_auth_group http_auth_pass http_auth_type http_auth_user http_first_req int internal.htx.data
internal.htx.free internal.htx.free_data internal.htx.has_eom internal.htx.nbblks internal.htx.size
internal.htx.used internal.htx_blk.data internal.htx_blk.hdrname internal.htx_blk.hdrval
internal.htx_blk.size internal.htx_blk.start_line internal.htx_blk.type internal.strm.is_htx ipv4 ipv6
last_entity last_rule_file last_rule_line lat_ns_avg lat_ns_tot meth method nbproc nbsrv path pathq payload
payload_lv pid prio_class prio_offset proc query queue quic_enabled rand rdp_cookie rdp_cookie_cnt
rep_ssl_hello_type req.body req.body_len req.body_param req.body_size req.bytes_in req.bytes_out req.cook
req.cook_cnt req.cook_names req.cook_val req.fhdr req.fhdr_cnt req.hdr req.hdr_cnt req.hdr_ip req.hdr_names
req.hdr_val req.hdrs req.hdrs_bin req.len req.payload req.payload_lv req.proto_http req.rdp_cookie
req.rdp_cookie_cnt req.ssl_alpn req.ssl_cipherlist req.ssl_ec_ext req.ssl_hello_type req.ssl_keyshare_groups
req.ssl_sigalgs req.ssl_sni req.ssl_st_ext req.ssl_supported_groups req.ssl_ver req.timer.hdr req.timer.idle
req.timer.queue req.timer.tq req.ver req_len req_proto_http req_ssl_hello_type req_ssl_sni req_ssl_ver
req_ver request_date res.body res.body_len res.body_size res.bytes_in res.bytes_out res.cache_hit
res.cache_name res.comp res.comp_algo res.cook res.cook_cnt res.cook_names res.cook_val res.fhdr
res.fhdr_cnt res.hdr res.hdr_cnt res.hdr_ip res.hdr_names res.hdr_val res.hdrs res.hdrs_bin res.len
res.payload res.payload_lv res.ssl_hello_type res.timer.data res.timer.hdr res.ver resp_ver
sc0_bytes_in_rate sc0_bytes_out_rate sc0_clr_gpc0 sc0_clr_gpc1 sc0_conn_cnt sc0_conn_cur sc0_conn_rate
sc0_get_gpc0 sc0_get_gpc1 sc0_get_gpt0 sc0_glitch_cnt sc0_glitch_rate sc0_gpc0_rate sc0_gpc1_rate
sc0_http_err_cnt sc0_http_err_rate sc0_http_fail_cnt sc0_http_fail_rate sc0_http_req_cnt sc0_http_req_rate
sc0_inc_gpc0 sc0_inc_gpc1 sc0_kbytes_in sc0_kbytes_out sc0_key sc0_sess_cnt sc0_sess_rate sc0_tracked
sc0_trackers sc1_bytes_in_rate sc1_bytes_out_rate sc1_clr_gpc sc1_clr_gpc0 sc1_clr_gpc1 sc1_conn_cnt
sc1_conn_cur sc1_conn_rate sc1_get_gpc0 sc1_get_gpc1 sc1_get_gpt0 sc1_glitch_cnt sc1_glitch_rate
sc1_gpc0_rate sc1_gpc1_rate sc1_http_err_cnt sc1_http_err_rate sc1_http_fail_cnt sc1_http_fail_rate
sc1_http_req_cnt sc1_http_req_rate sc1_inc_gpc0 sc1_inc_gpc1 sc1_kbytes_in sc1_kbytes_out sc1_key
sc1_sess_cnt sc1_sess_rate sc1_tracked sc1_trackers sc2_bytes_in_rate sc2_bytes_out_rate sc2_clr_gpc0
sc2_clr_gpc1 sc2_conn_cnt sc2_conn_cur sc2_conn_rate sc2_get_gpc0 sc2_get_gpc1 sc2_get_gpt0 sc2_glitch_cnt
sc2_glitch_rate sc2_gpc0_rate sc2_gpc1_rate sc2_http_err_cnt sc2_http_err_rate sc2_http_fail_cnt
sc2_http_fail_rate sc2_http_req_cnt sc2_http_req_rate sc2_inc_gpc0 sc2_inc_gpc1 sc2_kbytes_in sc2_kbytes_out
sc2_key sc2_sess_cnt sc2_sess_rate sc2_tracked sc2_trackers sc_bytes_in_rate sc_bytes_out_rate sc_clr_gpc
sc_clr_gpc0 sc_clr_gpc1 sc_conn_cnt sc_conn_cur sc_conn_rate sc_get_gpc sc_get_gpc0 sc_get_gpc1 sc_get_gpt
sc_get_gpt0 sc_glitch_cnt sc_glitch_rate sc_gpc0_rate sc_gpc1_rate sc_gpc_rate sc_http_err_cnt
sc_http_err_rate sc_http_fail_cnt sc_http_fail_rate sc_http_req_cnt sc_http_req_rate sc_inc_gpc sc_inc_gpc0
sc_inc_gpc1 sc_kbytes_in sc_kbytes_out sc_key sc_sess_cnt sc_sess_rate sc_tracked sc_trackers scook
scook_cnt scook_val server_status shdr shdr_cnt shdr_ip shdr_val so_id so_name spoe.engine-id src
src_bytes_in_rate src_bytes_out_rate src_clr_gpc src_clr_gpc0 src_clr_gpc1 src_conn_cnt src_conn_cur
src_conn_rate src_get_gpc src_get_gpc0 src_get_gpc1 src_get_gpt src_get_gpt0 src_glitch_cnt src_glitch_rate
src_gpc0_rate src_gpc1_rate src_gpc_rate src_http_err_cnt src_http_err_rate src_http_fail_cnt
src_http_fail_rate src_http_req_cnt src_http_req_rate src_inc_gpc src_inc_gpc0 src_inc_gpc1 src_is_local
src_kbytes_in src_kbytes_out src_port src_sess_cnt src_sess_rate src_updt_conn_cnt srv_conn srv_conn_free
srv_id srv_is_up srv_iweight srv_name srv_queue srv_sess_rate srv_uweight srv_weight ssl_bc
ssl_bc_alg_keysize ssl_bc_alpn ssl_bc_cipher ssl_bc_client_early_traffic_secret
ssl_bc_client_handshake_traffic_secret ssl_bc_client_random ssl_bc_client_traffic_secret_0 ssl_bc_curve
ssl_bc_early_exporter_secret ssl_bc_err ssl_bc_err_str ssl_bc_exporter_secret ssl_bc_is_resumed ssl_bc_npn
ssl_bc_protocol ssl_bc_server_handshake_traffic_secret ssl_bc_server_random ssl_bc_server_traffic_secret_0
ssl_bc_session_id ssl_bc_session_key ssl_bc_sni ssl_bc_unique_id ssl_bc_use_keysize ssl_c_ca_err
ssl_c_ca_err_depth ssl_c_chain_der ssl_c_der ssl_c_err ssl_c_i_dn ssl_c_key_alg ssl_c_notafter
ssl_c_notbefore ssl_c_policies ssl_c_r_dn ssl_c_s_dn ssl_c_san ssl_c_serial ssl_c_sha1 ssl_c_sig_alg
ssl_c_used ssl_c_verify ssl_c_version ssl_f_der ssl_f_i_dn ssl_f_key_alg ssl_f_notafter ssl_f_notbefore
ssl_f_s_dn ssl_f_serial ssl_f_sha1 ssl_f_sig_alg ssl_f_version ssl_fc ssl_fc_alg_keysize ssl_fc_alpn
ssl_fc_cipher ssl_fc_cipherlist_bin ssl_fc_cipherlist_hex ssl_fc_cipherlist_str ssl_fc_cipherlist_xxh
ssl_fc_client_early_traffic_secret ssl_fc_client_handshake_traffic_secret ssl_fc_client_random
ssl_fc_client_traffic_secret_0 ssl_fc_crtname ssl_fc_curve ssl_fc_early_exporter_secret ssl_fc_early_rcvd
ssl_fc_ecformats_bin ssl_fc_eclist_bin ssl_fc_err ssl_fc_err_str ssl_fc_exporter_secret ssl_fc_extlist_bin
ssl_fc_has_crt ssl_fc_has_early ssl_fc_has_sni ssl_fc_is_resumed ssl_fc_npn ssl_fc_protocol
ssl_fc_protocol_hello_id ssl_fc_server_handshake_traffic_secret ssl_fc_server_random
ssl_fc_server_traffic_secret_0 ssl_fc_session_id ssl_fc_session_key ssl_fc_sigalgs_bin ssl_fc_sni
ssl_fc_supported_versions_bin ssl_fc_unique_id ssl_fc_use_keysize ssl_s_chain_der ssl_s_der ssl_s_i_dn
ssl_s_key_alg ssl_s_notafter ssl_s_notbefore ssl_s_s_dn ssl_s_serial ssl_s_sha1 ssl_s_sig_alg ssl_s_version
status stopping str table_avl table_cnt term_events tgroup thread txn.conn_retries txn.id32 txn.redispatched
txn.sess_term_state txn.status txn.timer.total txn.timer.user unique-id uptime url url32 url32+src url_ip
url_param url_port urlp urlp_val uuid var wait_end waiting_entity
`;

const ACL = `
base base_beg base_dir base_dom base_end base_len base_reg base_sub cook cook_beg cook_dir cook_dom cook_end
cook_len cook_reg cook_sub hdr hdr_beg hdr_dir hdr_dom hdr_end hdr_len hdr_reg hdr_sub http_auth_group
method path path_beg path_dir path_dom path_end path_len path_reg path_sub payload payload_lv req.ssl_ver
req_rdp_cookie req_rdp_cookie_cnt req_ssl_sni req_ssl_ver req_ver resp_ver scook scook_beg scook_dir
scook_dom scook_end scook_len scook_reg scook_sub shdr shdr_beg shdr_dir shdr_dom shdr_end shdr_len shdr_reg
shdr_sub ssl_fc_sni_end ssl_fc_sni_reg url url_beg url_dir url_dom url_end url_len url_reg url_sub urlp
urlp_beg urlp_dir urlp_dom urlp_end urlp_len urlp_reg urlp_sub
`;

const CONVERTER = `
51d.single add add_item aes_cbc_dec aes_cbc_enc aes_gcm_dec aes_gcm_enc and b64dec base2 base64 be2dec
be2hex bool bytes capture-req capture-res concat cpl crc32 crc32c cut_crlf da-csv-conv date debug digest div
djb2 eth.data eth.dst eth.hdr eth.proto eth.src eth.vlan even fe_exists field fix_is_valid fix_tag_value
has_ctl hex hex2i hmac host_only htonl http_date iif in_table ip.data ip.df ip.dst ip.fp ip.hdr ip.proto
ip.src ip.tos ip.ttl ip.ver ipmask json json_query jwt_decrypt_cert jwt_decrypt_jwk jwt_decrypt_secret
jwt_header_query jwt_payload_query jwt_verify jwt_verify_cert language le2dec length lower ltime ltrim map
map_beg map_beg_int map_beg_ip map_beg_key map_dir map_dir_int map_dir_ip map_dir_key map_dom map_dom_int
map_dom_ip map_dom_key map_end map_end_int map_end_ip map_end_key map_int map_int_int map_int_ip map_int_key
map_ip map_ip_int map_ip_ip map_ip_key map_reg map_reg_int map_reg_ip map_reg_key map_regm map_str
map_str_int map_str_ip map_str_key map_sub map_sub_int map_sub_ip map_sub_key mod mqtt_field_value
mqtt_is_valid ms_ltime ms_utime mul nbsrv neg not odd or param port_only protobuf regsub reverse reverse_dom
rfc7239_field rfc7239_is_valid rfc7239_n2nn rfc7239_n2np rfc7239_nn rfc7239_np rtrim sdbm secure_memcmp
set-var sha1 sha2 srv_is_up srv_queue strcmp sub table_bytes_in_rate table_bytes_out_rate table_clr_gpc
table_clr_gpc0 table_clr_gpc1 table_conn_cnt table_conn_cur table_conn_rate table_expire table_glitch_cnt
table_glitch_rate table_gpc table_gpc0 table_gpc0_rate table_gpc1 table_gpc1_rate table_gpc_rate table_gpt
table_gpt0 table_http_err_cnt table_http_err_rate table_http_fail_cnt table_http_fail_rate
table_http_req_cnt table_http_req_rate table_idle table_inc_gpc table_inc_gpc0 table_inc_gpc1
table_kbytes_in table_kbytes_out table_server_id table_sess_cnt table_sess_rate table_trackers tcp.dst
tcp.flags tcp.options.mss tcp.options.sack tcp.options.tsopt tcp.options.tsval tcp.options.wscale
tcp.options.wsopt tcp.options_list tcp.seq tcp.src tcp.win ub64dec ub64enc ungrpc unset-var upper url_dec
url_enc us_ltime us_utime utime when word wt6 x509_v_err_str xor xxh3 xxh32 xxh64
`;

const FILTER = `
bwlim-in bwlim-out cache comp-req comp-res compression fcgi-app spoe trace
`;

const COMMAND = `
abort ssl ca-file
abort ssl cert
abort ssl crl-file
acme challenge_ready
acme renew
acme status
add acl
add backend
add map
add server
add ssl ca-file
add ssl crt-list
add ssl jwt
clear acl
clear counters
clear map
clear table
commit acl
commit map
commit ssl ca-file
commit ssl cert
commit ssl crl-file
debug counters
debug dev abort
debug dev bug
debug dev check
debug dev close
debug dev deadlock
debug dev delay
debug dev exit
debug dev fd
debug dev hash
debug dev hex
debug dev log
debug dev loop
debug dev panic
debug dev sched
debug dev stream
debug dev sym
debug dev task
debug dev tkill
debug dev warn
debug dev write
del acl
del backend
del map
del server
del ssl ca-file
del ssl cert
del ssl crl-file
del ssl crt-list
del ssl jwt
disable agent
disable dynamic-cookie backend
disable frontend
disable health
disable server
dump ssl cert
dump stats-file
echo
enable agent
enable dynamic-cookie backend
enable frontend
enable health
enable server
experimental-mode
expert-mode
get acl
get map
get var
get weight
hard-reload
help
httpclient
mcli-debug-mode
new ssl ca-file
new ssl cert
new ssl crl-file
operator
prepare acl
prepare map
prompt
publish backend
quit
reload
set anon global-key
set anon off
set anon on
set dynamic-cookie-key backend
set map
set maxconn frontend
set maxconn global
set maxconn server
set profiling
set rate-limit
set server
set severity-output
set ssl ca-file
set ssl cert
set ssl crl-file
set ssl ocsp-response
set ssl tls-key
set table
set timeout
set var
set weight
show acl
show activity
show anon
show backend
show cache
show cli level
show cli sockets
show default-server
show defaults
show dev
show env
show errors
show events
show fd
show info
show libs
show map
show peers
show pools
show proc
show profiling
show quic
show resolvers
show schema json
show servers conn
show servers state
show sess
show ssl ca-file
show ssl cert
show ssl crl-file
show ssl crt-list
show ssl jwt
show ssl ocsp-response
show ssl ocsp-updates
show ssl providers
show ssl sni
show startup-logs
show stat
show table
show tasks
show threads
show tls-keys
show trace
show version
shutdown frontend
shutdown session
shutdown sessions server
trace
unpublish backend
update ssl ocsp-response
user
wait
`;

const TCP_REQUEST_CONNECTION = `
accept do-log expect-netscaler-cip expect-proxy reject sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1
sc-set-gpt sc-set-gpt0 set-dst set-dst-port set-fc-mark set-fc-tos set-mark set-src set-src-port set-tos
set-var set-var-fmt silent-drop track-sc0 track-sc1 track-sc2 unset-var
`;

const TCP_REQUEST_SESSION = `
accept attach-srv do-log reject sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0 set-dst
set-dst-port set-fc-mark set-fc-tos set-mark set-src set-src-port set-tos set-var set-var-fmt silent-drop
track-sc0 track-sc1 track-sc2 unset-var
`;

const TCP_REQUEST_CONTENT = `
accept capture do-log do-resolve reject sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0
send-spoe-group set-bandwidth-limit set-bc-mark set-bc-tos set-dst set-dst-port set-fc-mark set-fc-tos
set-log-level set-mark set-nice set-priority-class set-priority-offset set-retries set-src set-src-port
set-tos set-var set-var-fmt silent-drop switch-mode track-sc0 track-sc1 track-sc2 unset-var use-service
`;

const TCP_RESPONSE_CONTENT = `
accept close do-log reject sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0
send-spoe-group set-bandwidth-limit set-fc-mark set-fc-tos set-log-level set-mark set-nice set-tos set-var
set-var-fmt silent-drop unset-var
`;

const HTTP_REQUEST = `
add-acl add-header add-headers-bin allow auth cache-use capture del-acl del-header del-headers-bin del-map
deny disable-l7-retry do-log do-resolve early-hint normalize-uri pause redirect reject replace-header
replace-path replace-pathq replace-uri replace-value return sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1
sc-set-gpt sc-set-gpt0 send-spoe-group set-bandwidth-limit set-bc-mark set-bc-tos set-dst set-dst-port
set-fc-mark set-fc-tos set-header set-headers-bin set-log-level set-map set-mark set-method set-nice
set-path set-pathq set-priority-class set-priority-offset set-query set-retries set-src set-src-port
set-timeout set-tos set-uri set-var set-var-fmt silent-drop strict-mode tarpit track-sc track-sc0 track-sc1
track-sc2 unset-var use-service wait-for-body wait-for-handshake
`;

const HTTP_RESPONSE = `
add-acl add-header add-headers-bin allow cache-store capture del-acl del-header del-headers-bin del-map deny
do-log pause redirect replace-header replace-value return sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1
sc-set-gpt sc-set-gpt0 send-spoe-group set-bandwidth-limit set-fc-mark set-fc-tos set-header set-headers-bin
set-log-level set-map set-mark set-nice set-status set-timeout set-tos set-var set-var-fmt silent-drop
strict-mode track-sc track-sc0 track-sc1 track-sc2 unset-var wait-for-body
`;

const HTTP_AFTER_RESPONSE = `
add-header add-headers-bin allow capture del-acl del-header del-headers-bin del-map do-log replace-header
replace-value sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0 set-header
set-headers-bin set-log-level set-map set-status set-var set-var-fmt strict-mode unset-var
`;

/** Names of several words stand on lines of their own, the others between blanks. */
function linesOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split('\n'));
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

export type HaproxyFamily =
  | 'section'
  | 'global'
  | 'proxy'
  | 'bind'
  | 'server'
  | 'balance'
  | 'fetch'
  | 'acl'
  | 'converter'
  | 'filter'
  | 'command';

const BY_FAMILY: { readonly [F in HaproxyFamily]: ReadonlySet<string> } = {
  section: wordsOf(SECTION),
  global: linesOf(GLOBAL),
  proxy: linesOf(PROXY),
  bind: wordsOf(BIND),
  server: wordsOf(SERVER),
  balance: wordsOf(BALANCE),
  fetch: wordsOf(FETCH),
  acl: wordsOf(ACL),
  converter: wordsOf(CONVERTER),
  filter: wordsOf(FILTER),
  command: linesOf(COMMAND),
};

const ACTIONS: { readonly [R in RuleSetName]: ReadonlySet<string> } = {
  'tcp-request connection': wordsOf(TCP_REQUEST_CONNECTION),
  'tcp-request session': wordsOf(TCP_REQUEST_SESSION),
  'tcp-request content': wordsOf(TCP_REQUEST_CONTENT),
  'tcp-response content': wordsOf(TCP_RESPONSE_CONTENT),
  'http-request': wordsOf(HTTP_REQUEST),
  'http-response': wordsOf(HTTP_RESPONSE),
  'http-after-response': wordsOf(HTTP_AFTER_RESPONSE),
};

/** All names of a family, in alphabetical order; `acl` has the names that mean a fetch with a match method. */
export function haproxyKeywords(family: HaproxyFamily): ReadonlySet<string> {
  return BY_FAMILY[family];
}

/** Actions of a rule set, without what stands in parentheses behind their names: `set-var`. */
export function haproxyActions(ruleSet: RuleSetName): ReadonlySet<string> {
  return ACTIONS[ruleSet];
}
