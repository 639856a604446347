#!/usr/bin/env python3
"""`routes` against nginx 1.22.1 where settings meet in ways that generators seldom make: subrequests, methods, maps with
host names and wildcards, pools of one connection, names in capitals, levels that replace each other.

    reuse_corners.py --poolproof build/release/cli/poolproof --nginx nginx
"""

import sys

from _options import options_parser, parse_options, version_of
from _proxies import Nginx, free_ports, scratch_folder, write_config
from _reuse import measure, seen_as
from reuse_generated import make_backends, probes, routes_of

GOOD = 'proxy_http_version 1.1; proxy_set_header Connection "";'

# Maps and groups that the places use. @A@, @B@: ports of two HTTP backends.
HTTP = """
    upstream one { server 127.0.0.1:@A@; keepalive 1; }
    upstream two { server 127.0.0.1:@A@; server 127.0.0.1:@B@; keepalive 1; }
    upstream two_enough { server 127.0.0.1:@A@; server 127.0.0.1:@B@; keepalive 2; }
    upstream late { keepalive 4; server 127.0.0.1:@A@; least_conn; }
    upstream early { least_conn; server 127.0.0.1:@A@; keepalive 4; }
    upstream hashed { hash $uri; keepalive 4; server 127.0.0.1:@A@; server 127.0.0.1:@B@; }
    upstream Mixed-Case.Example { server 127.0.0.1:@A@; keepalive 4; }
    upstream requests_1 { server 127.0.0.1:@A@; keepalive 4; keepalive_requests 1; }
    upstream requests_2 { server 127.0.0.1:@A@; keepalive 4; keepalive_requests 2; }
    upstream timeout_0 { server 127.0.0.1:@A@; keepalive 4; keepalive_timeout 0; }
    upstream down_second { server 127.0.0.1:@A@; server 127.0.0.1:@B@ down; keepalive 1; }
    upstream backup_second { server 127.0.0.1:@A@; server 127.0.0.1:@B@ backup; keepalive 1; }
    upstream same_twice { server 127.0.0.1:@A@; server 127.0.0.1:@A@; keepalive 1; }
    upstream weighted { server 127.0.0.1:@A@ weight=3; server 127.0.0.1:@B@; keepalive 1; }
    upstream no_pool { server 127.0.0.1:@A@; }
    upstream zoned { zone z 256k; server 127.0.0.1:@A@; keepalive 2; }
    map $host $by_host { hostnames; volatile; .inner.test one; *.wild.test one; trail.* one; default no_pool; }
    map $host $by_regex { "~^(?<first>[a-z]+)\\.named\\.test$" $first; "~^([a-z]+)\\.numbered\\.test$" $1; default no_pool; }
    map $request_method $by_method { GET ""; default close; }
    map $request_method $post_closes { POST close; default ""; }
    map $by_method $twice { "" ""; default close; }
    map $http_upgrade $with_default { default upgrade; "" $http_connection; }
    map $http_missing $empty { default ""; }
    map $http_connection $listed { ~*keep-alive keep-alive; default close; }
    map $http_connection $no_default { close close; }
    split_clients $uri $half { * ""; }
    proxy_cache_path @FOLDER@/cache keys_zone=c:1m;
"""

# (host, statements of the server; the pass that is looked at ends with "# here")
PLACES = [
    ("one.test", GOOD + "\nlocation / { proxy_pass http://one; # here\n}"),
    ("two.test", GOOD + "\nlocation / { proxy_pass http://two; # here\n}"),
    ("enough.test", GOOD + "\nlocation / { proxy_pass http://two_enough; # here\n}"),
    ("late.test", GOOD + "\nlocation / { proxy_pass http://late; # here\n}"),
    ("early.test", GOOD + "\nlocation / { proxy_pass http://early; # here\n}"),
    ("hashed.test", GOOD + "\nlocation / { proxy_pass http://hashed; # here\n}"),
    ("case.test", GOOD + "\nlocation / { proxy_pass http://MIXED-case.EXAMPLE; # here\n}"),
    ("casevar.test", GOOD + "\nset $u MIXED-case.EXAMPLE;\nlocation / { proxy_pass http://$u; # here\n}"),
    ("requests1.test", GOOD + "\nlocation / { proxy_pass http://requests_1; # here\n}"),
    ("requests2.test", GOOD + "\nlocation / { proxy_pass http://requests_2; # here\n}"),
    ("timeout0.test", GOOD + "\nlocation / { proxy_pass http://timeout_0; # here\n}"),
    ("down.test", GOOD + "\nlocation / { proxy_pass http://down_second; # here\n}"),
    ("backup.test", GOOD + "\nlocation / { proxy_pass http://backup_second; # here\n}"),
    ("same.test", GOOD + "\nlocation / { proxy_pass http://same_twice; # here\n}"),
    ("weighted.test", GOOD + "\nlocation / { proxy_pass http://weighted; # here\n}"),
    ("zoned.test", GOOD + "\nlocation / { proxy_pass http://zoned; # here\n}"),
    ("x.inner.test", GOOD + "\nlocation / { proxy_pass http://$by_host; # here\n}"),
    ("inner.test", GOOD + "\nlocation / { proxy_pass http://$by_host; # here\n}"),
    ("x.wild.test", GOOD + "\nlocation / { proxy_pass http://$by_host; # here\n}"),
    ("trail.org", GOOD + "\nlocation / { proxy_pass http://$by_host; # here\n}"),
    ("elsewhere.test", GOOD + "\nlocation / { proxy_pass http://$by_host; # here\n}"),
    ("one.named.test", GOOD + "\nlocation / { proxy_pass http://$by_regex; # here\n}"),
    ("one.numbered.test", GOOD + "\nlocation / { proxy_pass http://$by_regex; # here\n}"),
    ("method.test", "proxy_http_version 1.1; proxy_set_header Connection $by_method;\nlocation / { proxy_pass http://one; # here\n}"),
    ("twice.test", "proxy_http_version 1.1; proxy_set_header Connection $twice;\nlocation / { proxy_pass http://one; # here\n}"),
    ("default.test", "proxy_http_version 1.1; proxy_set_header Connection $with_default;\nlocation / { proxy_pass http://one; # here\n}"),
    ("empty.test", "proxy_http_version 1.1; proxy_set_header Connection $empty;\nlocation / { proxy_pass http://one; # here\n}"),
    ("listed.test", "proxy_set_header Connection $listed;\nlocation / { proxy_pass http://one; # here\n}"),
    ("nodefault.test", "proxy_http_version 1.1; proxy_set_header Connection $no_default;\nlocation / { proxy_pass http://one; # here\n}"),
    ("half.test", "proxy_http_version 1.1; proxy_set_header Connection $half;\nlocation / { proxy_pass http://one; # here\n}"),
    ("twoheaders.test", 'proxy_http_version 1.1; proxy_set_header connection ""; proxy_set_header CONNECTION close;\nlocation / { proxy_pass http://one; # here\n}'),
    ("closeempty.test", 'proxy_http_version 1.1; proxy_set_header Connection close; proxy_set_header Connection "";\nlocation / { proxy_pass http://one; # here\n}'),
    ("spaced.test", 'proxy_http_version 1.1; proxy_set_header Connection " close ";\nlocation / { proxy_pass http://one; # here\n}'),
    ("tabbed.test", 'proxy_http_version 1.1; proxy_set_header Connection "te,\tclose";\nlocation / { proxy_pass http://one; # here\n}'),
    ("addheader.test", GOOD + " add_header Connection close;\nlocation / { proxy_pass http://one; # here\n}"),
    ("replaced.test", GOOD + "\nlocation / { proxy_set_header X-A b; proxy_pass http://one; # here\n}"),
    ("replacedtwice.test", GOOD + "\nlocation / { proxy_set_header X-A b; location /probe { proxy_set_header Connection ''; proxy_pass http://one; # here\n} }"),
    ("deep.test", GOOD + "\nlocation / { proxy_set_header X-A b; location /p { location /probe { proxy_pass http://one; # here\n} } }"),
    ("outerversion.test", 'proxy_http_version 1.1;\nlocation / { proxy_http_version 1.0; location /probe { proxy_set_header Connection ""; proxy_pass http://one; # here\n} }'),
    ("ifheader.test", GOOD + '\nlocation / { set $c ""; if ($request_method = GET) { set $c close; } proxy_set_header Connection $c; proxy_pass http://one; # here\n}'),
    ("ifpass.test", GOOD + "\nlocation / { if ($request_method = GET) { proxy_pass http://one; # here\n} proxy_pass http://no_pool; }"),
    ("ifother.test", GOOD + "\nlocation / { if ($request_method = POST) { proxy_pass http://no_pool; }\nproxy_pass http://one; # here\n}"),
    ("limit.test", GOOD + "\nlocation / { limit_except POST { proxy_pass http://one; # here\n} proxy_pass http://no_pool; }"),
    ("limitheaders.test", "location / { limit_except POST { proxy_pass http://one; # here\n} proxy_pass http://no_pool; " + GOOD + " }"),
    ("named.test", "location / { try_files /none @n; }\nlocation @n { " + GOOD + " proxy_pass http://one; # here\n}"),
    ("errorpage.test", GOOD + "\nerror_page 404 = @n;\nlocation / { return 404; }\nlocation @n { proxy_pass http://one; # here\n}"),
    ("norequestheaders.test", GOOD + " proxy_pass_request_headers off;\nlocation / { proxy_pass http://one; # here\n}"),
    ("norequestbody.test", GOOD + " proxy_pass_request_body off;\nlocation / { proxy_pass http://one; # here\n}"),
    ("setbody.test", GOOD + " proxy_set_body abc;\nlocation / { proxy_pass http://one; # here\n}"),
    ("unbuffered.test", GOOD + " proxy_buffering off; proxy_request_buffering off;\nlocation / { proxy_pass http://one; # here\n}"),
    ("intercept.test", GOOD + " proxy_intercept_errors on; error_page 404 /x;\nlocation / { proxy_pass http://one; # here\n}"),
    ("cache.test", GOOD + " proxy_cache c; proxy_no_cache 1; proxy_cache_bypass 1; proxy_cache_key $uri;\nlocation / { proxy_pass http://one; # here\n}"),
    ("auth.test", GOOD + "\nlocation / { auth_request /auth; return 200; }\nlocation = /probe { auth_request off; proxy_pass http://one; # here\n}\n"
                  "location = /auth { internal; return 204; }"),
    ("uri.test", GOOD + "\nlocation /probe { proxy_pass http://one/other; # here\n}"),
    ("scheme.test", GOOD + "\nlocation / { proxy_pass $scheme://one$request_uri; # here\n}"),
    ("rewritten.test", GOOD + "\nlocation / { rewrite ^ /other break; proxy_pass http://one; # here\n}"),
    ("serverset.test", GOOD + "\nset $u no_pool; set $u one;\nlocation / { proxy_pass http://$u; # here\n}"),
    ("locationset.test", GOOD + "\nset $u no_pool;\nlocation / { set $u one; proxy_pass http://$u; # here\n}"),
    ("upgrade.test", 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";\nlocation / { proxy_pass http://one; # here\n}'),
    ("pathvariable.test", GOOD + "\nlocation / { proxy_pass http://127.0.0.1:@A@$request_uri; # here\n}"),
    ("pathgroup.test", GOOD + "\nlocation ~ ^/(.*)$ { proxy_pass http://127.0.0.1:@A@/$1$is_args$args; # here\n}"),
    ("addressvariable.test", GOOD + "\nset $be http://127.0.0.1:@A@;\nlocation / { proxy_pass $be; # here\n}"),
    ("portvariable.test", GOOD + "\nset $p @A@;\nlocation / { proxy_pass http://127.0.0.1:$p; # here\n}"),
    ("postcloses.test", "proxy_http_version 1.1; proxy_set_header Connection $post_closes;\nlocation / { proxy_pass http://one; # here\n}"),
    ("postelsewhere.test", GOOD + "\nlocation / { set $u one; if ($request_method = POST) { set $u no_pool; }\nproxy_pass http://$u; # here\n}"),
    ("keepaliveupgrade.test", 'proxy_http_version 1.1; proxy_set_header Connection "keep-alive, Upgrade"; proxy_set_header Upgrade $http_upgrade;\n'
                              "location / { proxy_pass http://one; # here\n}"),
    ("explicit10.test", 'proxy_http_version 1.0; proxy_set_header Connection Keep-Alive;\nlocation / { proxy_pass http://one; # here\n}'),
    ("keepalive10.test", 'proxy_set_header Connection "Keep-Alive";\nlocation / { proxy_pass http://one; # here\n}'),
    ("clientoff.test", GOOD + " keepalive_timeout 0;\nlocation / { proxy_pass http://one; # here\n}"),
]

# Places that nginx does not answer with 200 throughout, and why: there nothing is compared.
NOT_SERVED = {}


def with_ports(text, ports):
    return text.replace("@A@", str(ports["http"][0])).replace("@B@", str(ports["http"][1]))


def config_of(port, ports, folder):
    http = with_ports(HTTP, ports).replace("@FOLDER@", str(folder))
    servers = f"    server {{ listen 127.0.0.1:{port} default_server; server_name other; return 404; }}\n"
    for host, body in PLACES:
        servers += f"    server {{ listen 127.0.0.1:{port}; server_name {host};\n{with_ports(body, ports).replace('# here', f'# probe {host}')}\n}}\n"
    return f"worker_processes 1;\nevents {{ }}\nhttp {{\n    access_log off;\n@TEMP_PATHS@{http}{servers}}}\n"


def main():
    options = parse_options(options_parser())
    version = version_of(options.nginx)
    problems, served = [], 0
    with scratch_folder() as folder:
        backends, ports = make_backends(folder)
        port = free_ports(1)[0]
        text = config_of(port, ports, folder)
        config = write_config(folder, text, "nginx.conf")
        wanted = probes(folder)
        rows = {wanted[key]: row for row in routes_of(options.poolproof, config, version)
                if (key := (row["file"].rsplit("/", 1)[-1], row["line"])) in wanted}
        with backends, Nginx(options.nginx, folder, text, [port]):
            for host, _ in PLACES:
                seen, statuses = measure(backends, port, host)
                if statuses.count(200) != len(statuses):
                    if host not in NOT_SERVED:
                        problems.append(f"{host}: not served, nginx {version} answers {sorted(set(statuses))}")
                    continue
                served += 1
                said = rows[host]["pooled"] if host in rows else "nothing"
                seen = seen_as(said, rows.get(host, {}).get("reasons", []), seen, backends, port, host)
                if said != seen:
                    problems.append(f"{host}: routes says {said}, nginx {version} does {seen}: "
                                    f"{rows.get(host, {}).get('reasons')}")
    print("\n".join(problems))
    print(f"{served} places, {len(problems)} problems with nginx {version}")
    sys.exit(1 if problems or not served else 0)


if __name__ == "__main__":
    main()
