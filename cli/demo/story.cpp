// Kept word for word like examples/websocket-map without its proxy_http_version, ports aside.
#include "cli/demo/story.h"

#include <fmt/format.h>

namespace poolproof::cli::demo {

std::string broken_config(std::uint16_t listen_port, std::uint16_t origin_port) {
  return fmt::format(R"(worker_processes 1;

events {{
    worker_connections 1024;
}}

http {{
    access_log off;

    map $http_upgrade $connection_upgrade {{
        default upgrade;
        ''      close;
    }}

    upstream app {{
        server 127.0.0.1:{};
        keepalive 64;
    }}

    server {{
        listen 127.0.0.1:{};
        server_name demo.example;

        location / {{
            proxy_pass http://app;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }}
    }}
}}
)",
                     origin_port, listen_port);
}

}  // namespace poolproof::cli::demo
