# 1. Check if Pod exists with allowed regions
allowed_regions[region] ← 
    namespace labels have "compliance.gov/allowed-regions"
    parse as comma-separated list

# 2. Check Pod affinity
container_affinity_match() ←
    Pod has nodeAffinity
    With requiredDuringScheduling rules
    With matchExpression key = "topology.kubernetes.io/region"
    With values in allowed_regions

# 3. Determine violation
violation[msg] ←
    Pod found
    no affinity match
    generate error message
