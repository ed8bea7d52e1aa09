// Needs #extension GL_ARB_derivative_control above, where there is one.
// The studio: a large soft key light, a weak fill, two rims and the white room around them.
const float PI = 3.14159265;
uniform vec3 eye;              // camera [m]
uniform vec3 lamps[4];         // unit directions to key, fill, rim, rim
uniform vec3 powers[4];        // linear colour times strength
uniform vec3 sky;              // light of the room from above
uniform vec3 ground;           // bounced from the floor
uniform sampler2D shadow;      // depth seen from the key light
uniform mat4 key;              // world to the key light's clip space
uniform vec2 key_scale;        // metres a unit of shadow-map uv, metres a unit of depth

#ifdef GL_ARB_derivative_control
#define ACROSS dFdxFine
#define ALONG dFdyFine
#else
#define ACROSS dFdx
#define ALONG dFdy
#endif

// Mean over the 2 x 2 pixels that are shaded together: derivatives tell the neighbours' values.
vec2 together(vec2 v) {
    vec2 odd = mod(floor(gl_FragCoord.xy), 2.0);
    v += ACROSS(v) * (0.5 - odd.x);
    return v + ALONG(v) * (0.5 - odd.y);
}

// Share of the key light that arrives: percentage-closer filtering whose width follows the
// distance to what blocks (R. Fernando, Percentage-closer soft shadows, SIGGRAPH 2005). Four
// pixels share one spiral of samples, each taking every fourth, so that no noise is left.
vec2 spiral(int i, int count) {
    vec2 odd = mod(floor(gl_FragCoord.xy), 2.0);
    float k = float(4 * i) + odd.x + 2.0 * odd.y;
    float r = sqrt((k + 0.5) / float(4 * count)), a = k * 2.39996323;
    return r * vec2(cos(a), sin(a));
}

// `widest`: radius [m] of the search and of the softest edge.
float lit_share(vec3 p, vec3 n, float widest) {
    vec4 c = key * vec4(p + n * 0.003, 1.0);
    vec3 s = c.xyz * 0.5 + 0.5;
    float inside = s.x > 0.0 && s.y > 0.0 && s.x < 1.0 && s.y < 1.0 ? 1.0 : 0.0;
    // The surface's own plane in the map: without it a tilted surface would shade itself.
    vec3 m = mat3(key) * n;
    vec2 slope = clamp(-m.xy / min(m.z, -1e-4), -3.0, 3.0);
    float bias = 0.002 / key_scale.y;
    float wide = widest / key_scale.x;
    vec2 found = vec2(0.0);
    for (int i = 0; i < 6; i++) {
        vec2 at = spiral(i, 6), o = wide * at;
        float d = texture(shadow, s.xy + o).r;
        if (d < 1.0 && d < s.z + dot(slope, o) - bias * (1.0 + 4.0 * length(at)))
            found += vec2(1.0, d);
    }
    found = together(found * inside);
    if (found.x < 0.01) return 1.0;
    float gap = max((s.z - found.y / found.x) * key_scale.y, 0.0);   // [m] to the blocker
    float spread = clamp(0.32 * gap, 0.005, widest) / key_scale.x;     // a softbox of 18 degrees
    float open = 0.0;
    for (int i = 0; i < 12; i++) {
        vec2 at = spiral(i, 12), o = spread * at;
        float d = texture(shadow, s.xy + o).r;
        open += d < 1.0 && d < s.z + dot(slope, o) - bias * (1.0 + length(at)) ? 0.0 : 1.0;
    }
    // Few blockers make a poor guess of the width: they darken in step with their number.
    return mix(1.0, open / 12.0, smoothstep(0.0, 1.5, found.x));
}

struct Surface {
    vec3 albedo;
    vec3 normal;
    vec3 smooth_normal;  // without the weave: for shadows and the room's light
    float rough;
    float gloss;         // reflectance at normal incidence
    vec3 sheen;
    float sheen_rough;
    float open;          // 0..1, ambient
    vec3 bent;           // mean free direction, unit
};

float ggx(float nh, float nv, float nl, float rough) {
    float a = rough * rough, a2 = a * a;
    float d = nh * nh * (a2 - 1.0) + 1.0;
    float k = a * 0.5;
    float g = (nl / (nl * (1.0 - k) + k)) * (nv / (nv * (1.0 - k) + k));
    return a2 / (PI * d * d) * g / max(4.0 * nl * nv, 1e-3);
}

// Sheen of fibres: A. Conty Estevez, C. Kulla, Production friendly microfacet sheen BRDF, 2017,
// with the visibility of KHR_materials_sheen.
float charlie(float nh, float nv, float nl, float rough) {
    float inv = 1.0 / max(rough * rough, 0.02);
    float d = (2.0 + inv) * pow(max(1.0 - nh * nh, 1e-4), inv * 0.5) / (2.0 * PI);
    return d / (4.0 * (nl + nv - nl * nv) + 1e-3);
}

vec3 shade(Surface s, vec3 p) {
    vec3 v = normalize(eye - p);
    float nv = max(dot(s.normal, v), 1e-3);
    // Where the light grazes, the map is too coarse to tell; the lamp itself fades there.
    float graze = smoothstep(0.08, 0.40, dot(s.smooth_normal, lamps[0]));
    float share = mix(1.0, together(vec2(lit_share(p, s.smooth_normal, 0.09))).x, graze);
    vec3 total = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        vec3 l = lamps[i];
        float nl = dot(s.normal, l);
        // Large lamps reach a little round the edge; crevices keep them out by their openness.
        float wrap = i == 0 ? 0.15 : 0.35;
        float soft = max((nl + wrap) / (1.0 + wrap), 0.0);
        soft *= soft * (3.0 - 2.0 * soft) * 0.35 + 0.65;
        float seen = i == 0 ? min(share, smoothstep(0.0, 0.35, s.open))
                            : smoothstep(0.05, 0.75, s.open * (0.6 + 0.4 * dot(s.bent, l)));
        nl = max(nl, 0.0);
        vec3 h = normalize(l + v);
        float nh = max(dot(s.normal, h), 0.0), vh = max(dot(v, h), 0.0);
        float fresnel = s.gloss + (1.0 - s.gloss) * pow(1.0 - vh, 5.0);
        vec3 mirror = vec3(fresnel * ggx(nh, nv, max(nl, 1e-3), s.rough)) * nl;
        vec3 glow = s.sheen * charlie(nh, nv, max(nl, 1e-3), s.sheen_rough) * nl;
        total += powers[i] * seen * (s.albedo * soft + PI * (mirror + glow));
    }
    // The room: a gradient from floor to ceiling, seen through the free directions. Light that
    // bounces between folds of one colour keeps pale crevices from going grey (Jimenez 2016).
    vec3 around = mix(ground, sky, 0.5 + 0.5 * mix(s.smooth_normal, s.bent, 0.5).y);
    vec3 a = 2.0404 * s.albedo - 0.3324, b = -4.7951 * s.albedo + 0.6417,
         c = 2.7552 * s.albedo + 0.6903;
    vec3 open = max(vec3(s.open), ((s.open * a + b) * s.open + c) * s.open);
    float edge = pow(1.0 - nv, 3.0);
    float glaze = s.gloss * (1.0 - s.rough) + (1.0 - s.rough) * (1.0 - s.rough) * edge * 0.5;
    total += around * (s.albedo * open + s.open * (s.sheen * edge * 1.2 + glaze));
    return total;
}

// Straight up to 0.75, then a soft shoulder to white: colours of cloth stay what they are.
vec3 film(vec3 c) {
    vec3 over = max(c - 0.75, 0.0);
    return min(c, 0.75) + over / (1.0 + over / 0.25);
}
