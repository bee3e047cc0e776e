/** Functions that OPA compiles into the policy itself (internal/compiler/wasm of OPA 1.22); rego.metadata.* as constants. */
const names = `
  abs all any ceil concat contains count endswith floor format_int glob.match array.concat array.flatten
  array.reverse array.slice base64.decode base64.encode base64.is_valid base64url.decode base64url.encode bits.and
  bits.lsh bits.negate bits.or bits.rsh bits.xor graph.reachable indexof intersection is_array is_boolean is_null
  is_number is_object is_set is_string json.filter json.is_valid json.marshal json.remove json.unmarshal lower max
  min net.cidr_contains net.cidr_intersects net.cidr_overlap numbers.range object.filter object.get object.keys
  object.remove object.union object.union_n product re_match regex.find_all_string_submatch_n regex.is_valid
  regex.match rego.metadata.chain rego.metadata.rule replace round set_diff sort split startswith strings.replace_n strings.reverse substring sum
  to_number trim trim_left trim_prefix trim_right trim_space trim_suffix type_name union upper walk
`;

export const nativeBuiltins: readonly string[] = names.trim().split(/\s+/);
