package okhttp3;

public final class FormBody extends RequestBody {
  @Override
  public MediaType contentType() {
    return null;
  }

  public static final class Builder {
    public Builder() {}

    public Builder add(String name, String value) {
      return this;
    }

    public Builder addEncoded(String name, String value) {
      return this;
    }

    public FormBody build() {
      return new FormBody();
    }
  }
}
