in vec2 at;
out vec4 colour;
uniform vec4 window;           // this tile in the whole picture: x, y, width, height, 0..1
uniform vec3 middle; uniform vec3 rim; uniform vec3 base;
uniform vec2 grain;
void main() {
    vec2 p = window.xy + at * window.zw;
    float d = length((p - vec2(0.5, 0.55)) * vec2(0.85, 1.0));
    vec3 c = mix(middle, rim, smoothstep(0.1, 0.85, d));
    c = mix(c, base, smoothstep(0.26, 0.02, p.y) * 0.6);
    vec2 g = gl_FragCoord.xy + grain;
    // One step of dither keeps the gradient from banding in 8 bits.
    float noise = fract(52.9829189 * fract(dot(g, vec2(0.06711056, 0.00583715)))) - 0.5;
    colour = vec4(c * (1.0 + noise / 110.0), 1.0);
}
