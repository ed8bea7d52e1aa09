in vec3 world; in vec3 world_normal; in vec4 world_open; in vec4 colour_in; in vec2 fabric;
in vec4 edge_lines;
out vec4 colour;
uniform vec3 dye;              // linear colour of the right side
uniform vec3 back;             // linear colour of the wrong side
uniform vec3 thread;           // linear colour of the topstitching
uniform float wrong;           // 1 where the wrong side is drawn
uniform sampler2D yarns;       // normal x, y, depth, which yarn system
uniform sampler2D cloud;       // shade and bump over centimetres
uniform sampler2D print_;      // sRGB with alpha
uniform vec4 print_x;          // picture u = x·uv.x + y·uv.y + w; z: 1 a print on the right side, 2 on both
uniform vec4 print_y;
uniform float side;            // of a tile of yarns [m]
uniform float relief;
uniform float rough; uniform float gloss; uniform vec3 fuzz; uniform float fuzz_rough;
uniform float mottle; uniform float second;
uniform float stitched;        // hem stitching, metres from the edge; 0: none
uniform float rows;            // parallel rows of it
uniform float topstitch;       // beside seams, metres from the seam; 0: none
uniform float cover;           // opacity seen head-on
uniform int heat;              // 1: colour_in.rgb is shown as it is

// Height [m] of a seam's groove and of a hem's step, and darkening beside them.
float groove(float d) { return -0.0007 * exp(-d * d / (2.0 * 0.0012 * 0.0012))
                               + 0.0004 * exp(-(d - 0.004) * (d - 0.004) / (2.0 * 0.002 * 0.002)); }

float dash(float d, float at, float along, float wide) {
    float across = (d - at) / wide;
    float soft = max(fwidth(d) / wide, 0.35);
    float line = 1.0 - smoothstep(1.0 - soft * 0.5, 1.0 + soft, abs(across));
    float len = 0.003, f = max(fwidth(along) / len, 0.02);
    float gap = smoothstep(0.5 - min(f, 0.5), 0.5, abs(fract(along / len) - 0.5) * 1.25);
    return line * mix(1.0 - gap, 0.75, clamp(f * 1.5 - 0.3, 0.0, 1.0)) / (1.0 + fwidth(d) / wide * 0.5);
}

vec3 bump(vec3 n, float height) {   // M. Mikkelsen, Bump mapping unparametrized surfaces, 2010
    vec3 px = dFdx(world), py = dFdy(world);
    vec3 r1 = cross(py, n), r2 = cross(n, px);
    float det = dot(px, r1);
    vec3 grad = sign(det) * (dFdx(height) * r1 + dFdy(height) * r2);
    return normalize(abs(det) * n - grad);
}

vec3 with_yarns(vec3 n, vec2 tilt) {
    vec3 px = dFdx(world), py = dFdy(world);
    vec2 ux = dFdx(fabric), uy = dFdy(fabric);
    vec3 t = px * uy.y - py * ux.y, b = py * ux.x - px * uy.x;
    float det = ux.x * uy.y - ux.y * uy.x;
    if (abs(det) < 1e-14) return n;
    t = normalize(t * sign(det) - n * dot(t * sign(det), n));
    b = normalize(b * sign(det) - n * dot(b * sign(det), n));
    return normalize(n + tilt.x * t + tilt.y * b);
}

void main() {
    Surface s;
    vec3 n = normalize(world_normal);
    s.smooth_normal = n;
    vec4 yarn = texture(yarns, fabric / side);
    vec3 slow = texture(cloud, fabric / 0.27).rgb - 0.5;
    vec3 base = wrong > 0.5 ? back : dye;
    float turned = wrong > 0.5 ? -1.0 : 1.0;
    vec2 tilt = (yarn.xy * 2.0 - 1.0) * relief;
    tilt += slow.yz * 0.10;
    vec3 pile = with_yarns(n, tilt * turned);
    float dseam = edge_lines.x, dhem = edge_lines.z;
    float fine = 1.0 - smoothstep(0.0008, 0.004, fwidth(dseam));
    float relief_m = groove(dseam) * fine;
    if (stitched > 0.0) relief_m += -0.0005 * smoothstep(stitched - 0.0015, stitched + 0.002, dhem)
        * (1.0 - smoothstep(0.0008, 0.004, fwidth(dhem)));
    s.normal = bump(pile, relief_m * turned);
    if (print_x.z > wrong) {
        vec2 q = vec2(dot(print_x.xy, fabric) + print_x.w, dot(print_y.xy, fabric) + print_y.w);
        vec4 ink = texture(print_, q);
        base = mix(base, ink.rgb * mix(1.0, 0.9, wrong), ink.a);
    }
    // Gaps between yarns are darker; a weft of another colour shows where it lies on top.
    base = mix(base, mix(vec3(0.78), base, 0.35), second * (1.0 - yarn.a));
    base *= mix(1.0, 0.62 + 0.45 * yarn.z, clamp(relief, 0.0, 1.0));
    base *= 1.0 + slow.x * 2.0 * mottle;
    float thread_on = 0.0;
    if (stitched > 0.0)
        for (float k = 0.0; k < rows; k += 1.0)
            thread_on = max(thread_on, dash(dhem, stitched - 0.006 * k, edge_lines.w, 0.0005));
    if (topstitch > 0.0 && wrong < 0.5)
        thread_on = max(thread_on, dash(dseam, topstitch, edge_lines.y, 0.0005));
    base = mix(base, thread, thread_on * 0.85);
    // In the corner between two seams the distance is zero all over: there is no line to draw.
    float pixel = max(length(dFdx(world)), length(dFdy(world)));
    float rising = smoothstep(0.15, 0.45, fwidth(dseam) / max(pixel, 1e-7));
    float line = exp(-dseam * dseam / (2.0 * 0.0009 * 0.0009)) * rising;
    float spread = max(1.0, fwidth(dseam) / 0.0012);
    base *= 1.0 - 0.55 * line / spread;
    s.albedo = heat == 1 ? colour_in.rgb : base;
    s.rough = rough; s.gloss = gloss; s.sheen = heat == 1 ? vec3(0.0) : fuzz;
    s.sheen_rough = fuzz_rough;
    // Light comes through the cloth into its inside.
    float least = wrong > 0.5 ? 0.10 : 0.0;
    s.open = clamp(world_open.w, least, 1.0) * (1.0 - 0.25 * line / spread);
    s.bent = normalize(world_open.xyz + n * 1e-3);
    float alpha = 1.0;
    if (cover < 1.0) {
        // Threads seen edge-on close up: what is let through is a power of the path's length.
        float facing = max(abs(dot(n, normalize(eye - world))), 0.08);
        alpha = 1.0 - pow(1.0 - cover, 1.0 / facing);
        alpha = mix(alpha, 1.0, 0.7 * max(thread_on, 1.0 - smoothstep(0.0, 0.008, dseam)));
    }
    colour = vec4(film(shade(s, world)) * alpha, alpha);
}
