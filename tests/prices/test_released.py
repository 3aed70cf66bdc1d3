"""Released tables never change: this list only grows."""

import hashlib

from costmodel.foundation.datafiles import data_folder

RELEASED = """\
17f7c3c81f31692f296a8b74c0db98efb51cce971b454e8bd25dfedf2ab76935 2026-04-21/anthropic.yaml
9e46f57ef2d1136d7a9d8a92df593cfa647d086971791c2b00f9f140de9a99ce 2026-04-21/deepseek.yaml
753eb47b28cea80fad87e8ebd9a599043b8c0046d5a45a4141d970e34365f5af 2026-04-21/google.yaml
a1bdc7211ae985386166547424fbf0216799e557c8e27c8aae6de294ef6419ff 2026-04-21/openai.yaml
a2dffb807d23f455a822b956732f3c7b5a9f5a56924ad21d18e70c0968009e7e 2026-08-12/anthropic.yaml
fe6b20752f7749ca073a1f948c7c318e89e3148093017ae5ed9c86eb00d441e5 2026-08-12/deepseek.yaml
3e97367873aa38f943f58c5d83072133ec91f81de28d0addbaa4186e7465093e 2026-08-12/google.yaml
34b2214d62e17d641bf347e582eb08d862af5038d91e4ad0a115a5daec868aac 2026-08-12/openai.yaml
c5654f11e3cba78a38b4edf44c424bc9f99fdc55fba17d85a32d04c2854ef2f8 2026-11-23/anthropic.yaml
4c784f745e2a7838c0cf41ce1f6ce75a3e1527b6122563fd14a5bab69cf4bfad 2026-11-23/deepseek.yaml
b9d8de66aafe148208c84954b95aca5c0994a40dd3fc495cd3defc776c28ecbe 2026-11-23/google.yaml
3384fc92a1e8c171c0fc3d67fd8c1b37b9fcde92a8af29082b1a6dda85e66a10 2026-11-23/openai.yaml
17f5f9199c5d50ffbc6976a7084fabc57cdaa5d7d0050a121bd897b01c65de65 2026-11-24/anthropic.yaml
0716823adb1d560498730faa291bc3d55d2c36aeed8211aebcf8998562eeda23 2026-11-24/azure.yaml
9103acb9d4e3b0960de8d0b792551604afa08d00970dde7970e4c8a57aab01b3 2026-11-24/bedrock.yaml
cd9c0a897c28d46e3bf8e13ca16d306bae1d8dc658d8624953666ec8dfe81787 2026-11-24/cohere.yaml
738b6ff629872b98d8498a6f8361ac2ff37bab13c1b28155be49114893c83bf6 2026-11-24/deepseek.yaml
1be4499bc5e4e2626f161b93b0aee73a89f1f4068d0c1c1545c3552303bfa3db 2026-11-24/google.yaml
302e5b094165b101ff98fb06c348b8c1f3641584721f05b895c6aae846797c4e 2026-11-24/groq.yaml
7aba24244ddd53948306dac231d3ec4bfcbf26582bb8c3098947ce8f05789537 2026-11-24/meta.yaml
adf4931cea176adb3722a1ef15ed131b16bb8ee636a03258bb63e5bdf64681b7 2026-11-24/mistral.yaml
6a6115452898e77526046b55ade77a1a0ddaabc9f2046a8bc6674046ac4f3ca0 2026-11-24/moonshotai.yaml
63e333fa34fada58279c4af2add17c91dad2afc0dd21dd33820a079d72ca94ab 2026-11-24/openai.yaml
75facebdc1f2effa49b2a399705876bf56f9d556674a3c23c9511f487d1dbfc2 2026-11-24/voyageai.yaml
2710fd0d747cd152456b214d3b2bce68a394000e0038e314ce314b7843b25474 2026-11-24/x-ai.yaml
"""


def test_no_released_table_has_changed_and_every_one_is_listed():
    folder = data_folder("pricing")
    listed = {name: digest for digest, name in map(str.split, RELEASED.splitlines())}
    found = {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("2*/*.yaml")
    }
    assert found == listed
